/// What models find out about a run that no single number tells: a deadlock with those who are in
/// it, an update that was lost. Plain values, which the result, the reports and the log of the
/// window show.
///
///   model --add--> Findings of the run --> Result::findings --> console, page, JSON, log
///
/// Found in the warm-up counts too: a deadlock of then still stands.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace faultline::sim {

/// One who has a part in it.
struct FindingPart {
  std::string process;       ///< Who: "transfer #17" for a request of the endpoint `transfer`.
  std::string has;           ///< What it holds, or did; may be empty.
  std::string wants;         ///< What it waits for; may be empty.
  double since_seconds = 0;  ///< When that began.
};

struct Finding {
  std::string kind;  ///< "deadlock", "lost_update", ...; snake_case.
  std::string node;
  double at_seconds = 0;
  std::uint64_t replication = 0;
  std::vector<FindingPart> parts;
};

/// All of one kind.
struct FindingKind {
  std::uint64_t count = 0;
  std::vector<Finding> kept;  ///< The first of them.
};

/// Findings by kind.
class Findings {
 public:
  static constexpr std::size_t kept_max = 100;  ///< Of a kind.

  void add(Finding finding);
  /// Those of another replication besides.
  void merge(const Findings& other, std::uint64_t replication);
  const std::map<std::string, FindingKind>& kinds() const { return kinds_; }
  bool empty() const { return kinds_.empty(); }

 private:
  std::map<std::string, FindingKind> kinds_;
};

/// The parts in one line that needs no words: "a #1: x -> y; b #2: y -> x", of each what it has and
/// what it wants.
std::string brief_of(const Finding& finding);

}  // namespace faultline::sim
