#include "sim/measure/consistency/result_json.hpp"

#include <nlohmann/json.hpp>

namespace faultline::sim::consistency {

namespace {

std::string_view outcome_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::fail:
      return "fail";
    case Outcome::unknown:
      return "unknown";
  }
  return "";
}

}  // namespace

Json to_json(const Witness& witness) {
  Json operations = Json::array();
  for (const WitnessOperation& one : witness.operations) {
    Json json{{"session", one.session},
              {"text", one.text},
              {"outcome", outcome_text(one.outcome)},
              {"invoked", one.invoked.time_since_epoch().count()},
              {"completed", nullptr},
              {"index", one.index}};
    if (one.completed != time_max) json["completed"] = one.completed.time_since_epoch().count();
    if (!one.node.empty()) json["node"] = one.node;
    operations.push_back(std::move(json));
  }
  const bool in_positions = witness.clock == History::Clock::positions;
  return {{"why", witness.why},
          {"clock", in_positions ? "positions" : "nanoseconds"},
          {"operations", std::move(operations)}};
}

Json to_json(const CheckResult& result) {
  const bool is_violated = result.verdict == Verdict::violated;
  return {{"verdict", to_text(result.verdict)},
          {"model", result.model},
          {"level", result.level},
          {"operations", result.operations},
          {"seconds", result.seconds},
          {"anomalies", result.anomalies},
          {"witness", is_violated ? to_json(result.witness) : Json(nullptr)}};
}

}  // namespace faultline::sim::consistency
