#include "sim/measure/consistency/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>

#include "sim/measure/consistency/linearizable.hpp"
#include "sim/measure/consistency/regular.hpp"
#include "sim/measure/consistency/sequential_search.hpp"
#include "sim/measure/consistency/session_views.hpp"
#include "sim/measure/consistency/transactions/check.hpp"
#include "sim/measure/consistency/transactions/single_operations.hpp"
#include "sim/measure/consistency/witness.hpp"

namespace faultline::sim::consistency {

namespace {

using Operations = std::vector<RankedOperation>;
using Deadline = std::optional<Budget::Clock::time_point>;

constexpr std::uint64_t shrink_work_max = 4'000'000;
constexpr std::uint64_t shrink_steps_max = 200'000;  ///< Of each attempt.

bool is_register(Model model) {
  return model == Model::rw_register || model == Model::cas_register;
}

std::string named(const History& history, const RankedOperation& one) {
  const Operation& operation = history.operations[one.index];
  return fmt::format("\"{}\" of session {}", history.to_text(operation),
                     history.session_name(operation.session));
}

/// One check: the verdict of a level, without what is the same for all.
class Check {
 public:
  Check(const History& history, Model model, Level level, const CheckOptions& options,
        Deadline deadline)
      : history_(history),
        model_(model),
        level_(level),
        options_(options),
        deadline_(deadline),
        operations_(ranked(history)) {}

  void run(CheckResult& result) {
    switch (level_) {
      case Level::linearizable:
        check_linearizability(result);
        break;
      case Level::regular:
        check_regularity(result);
        break;
      case Level::sequential:
        check_sequentiality(result);
        break;
      default:
        if (is_easily_linearizable()) {
          result.verdict = Verdict::holds;
        } else if (level_ == Level::causal_convergence) {
          check_convergence(result);
        } else {
          check_sessions(result, level_);
        }
    }
  }

 private:
  const Operation& operation(const RankedOperation& one) const {
    return history_.operations[one.index];
  }

  void check_linearizability(CheckResult& result) {
    LinearizableResult found =
        check_linearizable(model_, history_, operations_, options_, deadline_);
    result.verdict = found.verdict;
    result.reason = std::move(found.reason);
    if (found.verdict == Verdict::violated && options_.with_witness) {
      result.witness = make_witness(history_, found.witness, std::move(found.why));
    }
  }

  /// Linearizability implies every other level and is mostly quick to find; a part of the budget
  /// goes into trying it.
  bool is_easily_linearizable() {
    CheckOptions easy = options_;
    easy.steps_max = std::min<std::uint64_t>(options_.steps_max, 4 * operations_.size() + 1000);
    easy.with_witness = false;
    return check_linearizable(model_, history_, operations_, easy, deadline_).verdict ==
           Verdict::holds;
  }

  void check_regularity(CheckResult& result) {
    result.verdict = Verdict::holds;
    for (const Operations& object : by_object(model_, history_, operations_)) {
      const std::optional<std::vector<std::size_t>> places = irregular_read(history_, object);
      if (!places) continue;
      result.verdict = Verdict::violated;
      if (!options_.with_witness) return;
      Operations few;
      for (const std::size_t place : *places) few.push_back(object[place]);
      few = shrunk(
          model_, history_, std::move(few), true,
          [&](std::span<const RankedOperation> rest) {
            return irregular_read(history_, {rest.begin(), rest.end()}).has_value();
          },
          shrink_work_max);
      result.witness = make_witness(
          history_, few, "A read found neither the last write before it nor one that overlaps it.");
      return;
    }
  }

  void check_sequentiality(CheckResult& result) {
    if (is_easily_linearizable()) {
      result.verdict = Verdict::holds;
      return;
    }
    if (is_register(model_)) {
      // What is not even causal is not sequential, and that is quick to see.
      check_sessions(result, Level::causal);
      if (result.verdict == Verdict::violated) return;
    }
    result.verdict = Verdict::holds;
    result.reason.clear();
    Budget budget(options_.steps_max, deadline_);
    for (const Operations& part : independent_parts()) {
      const Verdict verdict = sequential(part, budget);
      if (verdict == Verdict::unknown) {
        result.verdict = Verdict::unknown;
        result.reason = reason_;
      }
      if (verdict != Verdict::violated) continue;
      result.verdict = Verdict::violated;
      result.reason.clear();
      if (options_.with_witness) shrink_sequential(result, part);
      return;
    }
  }

  Verdict sequential(std::span<const RankedOperation> part, Budget& budget) {
    Operations known;
    bool is_exact = true;
    if (model_ == Model::unordered_queue) {
      bool has_empty = false;
      for (const RankedOperation& one : part) {
        if (operation(one).kind == Kind::dequeue && !one.completed()) {
          is_exact = false;
        } else {
          has_empty =
              has_empty || (operation(one).kind == Kind::dequeue && operation(one).value == nil);
          known.push_back(one);
        }
      }
      is_exact = is_exact || !has_empty;
      part = known;
    }
    const Verdict verdict = SequentialSearch(model_, history_, part).run(budget);
    if (verdict == Verdict::unknown) reason_ = "the budget is spent";
    if (verdict != Verdict::violated || is_exact) return verdict;
    reason_ = "which elements the dequeues without an answer took is not looked into";
    return Verdict::unknown;
  }

  void shrink_sequential(CheckResult& result, const Operations& part) {
    const Operations few = shrunk(
        model_, history_, part, false,
        [&](std::span<const RankedOperation> rest) {
          Budget budget(shrink_steps_max / 10);
          return sequential(rest, budget) == Verdict::violated;
        },
        shrink_work_max);
    result.witness = make_witness(
        history_, few,
        "No one order of these operations keeps to that of every session and explains all "
        "answers.");
  }

  /// Parts that share neither a session nor a key, and so cannot contradict each other.
  std::vector<Operations> independent_parts() const {
    std::vector<std::size_t> parent(operations_.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto root = [&](std::size_t place) {
      while (parent[place] != place) place = parent[place] = parent[parent[place]];
      return place;
    };
    std::unordered_map<std::uint64_t, std::size_t> of_session;
    std::unordered_map<std::uint64_t, std::size_t> of_key;
    for (std::size_t place = 0; place < operations_.size(); ++place) {
      const Operation& one = operation(operations_[place]);
      const std::uint64_t key = model_ == Model::bank ? 0 : one.key;
      const std::size_t session = of_session.try_emplace(one.session, place).first->second;
      const std::size_t same_key = of_key.try_emplace(key, place).first->second;
      for (const std::size_t other : {session, same_key}) {
        // The smaller is the root, so that parts stand in order.
        const std::size_t a = root(place);
        const std::size_t b = root(other);
        parent[std::max(a, b)] = std::min(a, b);
      }
    }
    std::vector<Operations> parts;
    std::unordered_map<std::size_t, std::size_t> number;
    for (std::size_t place = 0; place < operations_.size(); ++place) {
      const auto [found, is_new] = number.try_emplace(root(place), parts.size());
      if (is_new) parts.emplace_back();
      parts[found->second].push_back(operations_[place]);
    }
    return parts;
  }

  /// For registers the transactional level causal is causal convergence.
  void check_convergence(CheckResult& result) {
    CheckResult found = check_transactions(as_transactions(history_), TransactionModel::rw_register,
                                           TransactionLevel::causal, options_)
                            .result;
    result.verdict = found.verdict;
    result.reason = std::move(found.reason);
    result.anomalies = std::move(found.anomalies);
    if (options_.with_witness) result.witness = std::move(found.witness);
    if (found.verdict == Verdict::holds) doubt_what_was_not_there(result);
  }

  void check_sessions(CheckResult& result, Level level) {
    Budget budget(options_.steps_max, deadline_);
    ViewResult found = check_views(level, history_, operations_, budget);
    result.verdict = found.verdict;
    result.reason = std::move(found.reason);
    if (found.verdict == Verdict::holds) doubt_what_was_not_there(result);
    if (found.verdict != Verdict::violated) return;
    result.anomalies = {found.pattern};
    if (!options_.with_witness) return;
    Operations few;
    for (const std::uint32_t place : found.witness) few.push_back(operations_[place]);
    const auto violates = [&](std::span<const RankedOperation> rest) {
      Budget attempt(shrink_steps_max);
      return check_views(level, history_, rest, attempt).verdict == Verdict::violated;
    };
    add_writers(few);
    if (!violates(few)) few = operations_;
    few = shrunk(model_, history_, std::move(few), false, violates, shrink_work_max);
    // The few may show another pattern than the many did.
    Budget last(shrink_steps_max);
    const ViewResult shown = check_views(level, history_, few, last);
    if (shown.verdict == Verdict::violated) result.anomalies = {shown.pattern};
    result.witness =
        make_witness(history_, few, sentence(level, result.anomalies.front(), shown, few));
  }

  /// A history that was found to hold, but for what its failed compare-and-sets tell.
  void doubt_what_was_not_there(CheckResult& result) const {
    const bool is_partial = std::any_of(
        operations_.begin(), operations_.end(),
        [&](const RankedOperation& one) { return operation(one).kind == Kind::differs; });
    if (!is_partial) return;
    result.verdict = Verdict::unknown;
    result.reason =
        "a compare-and-set that failed tells what was not there; this level looks only at what was";
  }

  /// Adds all writes of values that were found, so that nothing is unexplained that was not before.
  void add_writers(Operations& few) const {
    std::map<std::pair<std::uint64_t, Value>, Operations> writers;
    for (const RankedOperation& one : operations_) {
      if (const auto written = written_by(operation(one))) {
        writers[{operation(one).key, *written}].push_back(one);
      }
    }
    std::set<std::uint32_t> has;
    for (const RankedOperation& one : few) has.insert(one.index);
    for (std::size_t place = 0; place < few.size(); ++place) {
      const Operation& one = operation(few[place]);
      const std::optional<Value> found = found_by(one);
      if (!found) continue;
      const auto list = writers.find({one.key, *found});
      if (list == writers.end()) continue;
      for (const RankedOperation& writer : list->second) {
        if (has.insert(writer.index).second) few.push_back(writer);
      }
    }
    std::sort(few.begin(), few.end(),
              [](const RankedOperation& a, const RankedOperation& b) { return a.begin < b.begin; });
  }

  std::string sentence(Level level, const std::string& pattern, const ViewResult& shown,
                       const Operations& few) const {
    const auto part = [&](std::size_t number) { return named(history_, few[number]); };
    if (pattern == "ThinAirRead") {
      for (const RankedOperation& one : few) {
        if (found_by(operation(one))) {
          return fmt::format("Nobody wrote what {} found.", named(history_, one));
        }
      }
    }
    if (pattern == "CyclicCO") {
      return "By what sessions did and what they read, each of these comes before itself.";
    }
    if (pattern == "WriteHBInitRead" && shown.witness.size() == 2) {
      const bool read_first = !written_by(operation(few[shown.witness[0]]));
      const std::uint32_t read = shown.witness[read_first ? 0 : 1];
      const std::uint32_t write = shown.witness[read_first ? 1 : 0];
      return fmt::format("{} finds the initial value although {} must stand before it.", part(read),
                         part(write));
    }
    return fmt::format("No view of one session keeps to the order of {} and explains its reads.",
                       to_text(level));
  }

  const History& history_;
  Model model_;
  Level level_;
  const CheckOptions& options_;
  Deadline deadline_;
  Operations operations_;
  std::string_view reason_;
};

/// What a bank held at first, if a read tells that ended before any transfer began.
std::optional<Value> initial_balances(const History& history) {
  Time first_transfer = time_max;
  for (const Operation& one : history.operations) {
    if (one.kind == Kind::transfer && one.outcome != Outcome::fail) {
      first_transfer = std::min(first_transfer, one.invoked);
    }
  }
  for (const Operation& one : history.operations) {
    if (one.kind == Kind::read && one.outcome == Outcome::ok && one.completed < first_transfer) {
      return one.value;
    }
  }
  return std::nullopt;
}

/// Without knowing the first balances: do all reads add up to the same?
void check_totals(const History& history, CheckResult& result) {
  const auto total = [&](const RankedOperation& one) {
    const std::span<const Value> entries =
        history.values.elements_of(history.operations[one.index].value);
    std::uint64_t sum = 0;
    for (std::size_t entry = 1; entry < entries.size(); entry += 2) {
      sum += static_cast<std::uint64_t>(entries[entry]);
    }
    return static_cast<Value>(sum);
  };
  std::optional<RankedOperation> first;
  for (const RankedOperation& one : ranked(history)) {
    if (history.operations[one.index].kind != Kind::read) continue;
    if (!first) first = one;
    if (total(*first) == total(one)) continue;
    result.verdict = Verdict::violated;
    const std::vector<RankedOperation> two{*first, one};
    result.witness =
        make_witness(history, two,
                     fmt::format("Transfers keep the total, and one read found {}, the other {}.",
                                 total(*first), total(one)));
    return;
  }
  result.verdict = first ? Verdict::unknown : Verdict::holds;
  if (first) result.reason = "the balances at the beginning are not known";
}

}  // namespace

std::optional<std::string> unfit(Model model, Level level) {
  if (level == Level::linearizable || level == Level::sequential || is_register(model)) {
    return std::nullopt;
  }
  return fmt::format("{} is there for register and cas_register, not for {}", to_text(level),
                     to_text(model));
}

CheckResult check(const History& history, Model model, Level level, const CheckOptions& options) {
  const Budget::Clock::time_point start = Budget::Clock::now();
  Deadline deadline;
  if (options.seconds_max > 0) {
    deadline = start + std::chrono::duration_cast<Budget::Clock::duration>(
                           std::chrono::duration<double>(options.seconds_max));
  }
  CheckResult result;
  result.model = to_text(model);
  result.level = to_text(level);
  result.operations = history.operations.size();
  if (model == Model::bank && history.initial == nil) {
    if (const std::optional<Value> initial = initial_balances(history)) {
      History known = history;
      known.initial = *initial;
      Check(known, model, level, options, deadline).run(result);
    } else {
      check_totals(history, result);
    }
  } else {
    Check(history, model, level, options, deadline).run(result);
  }
  result.seconds = std::chrono::duration<double>(Budget::Clock::now() - start).count();
  return result;
}

}  // namespace faultline::sim::consistency
