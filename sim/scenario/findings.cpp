#include "sim/scenario/findings.hpp"

#include <utility>

namespace faultline::sim {

void Findings::add(Finding finding) {
  FindingKind& kind = kinds_[finding.kind];
  ++kind.count;
  if (kind.kept.size() < kept_max) kind.kept.push_back(std::move(finding));
}

void Findings::merge(const Findings& other, std::uint64_t replication) {
  for (const auto& [name, found] : other.kinds_) {
    FindingKind& kind = kinds_[name];
    kind.count += found.count;
    for (const Finding& each : found.kept) {
      if (kind.kept.size() == kept_max) break;
      kind.kept.push_back(each);
      kind.kept.back().replication = replication;
    }
  }
}

std::string brief_of(const Finding& finding) {
  constexpr std::size_t parts_max = 8;
  std::string text;
  for (std::size_t i = 0; i < finding.parts.size(); ++i) {
    if (i == parts_max) return text + "; ...";
    const FindingPart& part = finding.parts[i];
    if (i > 0) text += "; ";
    text += part.process;
    if (!part.has.empty() || !part.wants.empty()) text += ": " + part.has;
    if (!part.wants.empty()) text += " -> " + part.wants;
  }
  return text;
}

}  // namespace faultline::sim
