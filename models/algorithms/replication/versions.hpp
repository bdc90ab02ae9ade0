/// Versions of a key in a store where any replica may take a write: which of two writes knew of the
/// other, and which were concurrent.
///
/// A *dot* names one write: the replica that took it and how many it had taken of this key before.
/// A *version vector* is a set of dots without gaps: of each replica, all up to a number. A value
/// is kept with its dot, and the key with the vector of all dots that were ever seen of it (the
/// context); what a reader is handed is this vector, and what he writes next replaces what it
/// covers and nothing else.
///
/// Rule: of two states of a key, a version is kept that both have, or that the other has not seen.
/// Source: Preguiça, Baquero, Almeida, Fonte, Gonçalves, "Dotted Version Vectors: Logical Clocks
/// for Optimistic Replication", arXiv 1011.5808, 2010; "Scalable and Accurate Causality Tracking
/// for Eventually Consistent Stores", DAIS 2014. By last-write-wins: Shapiro et al., INRIA RR-7506,
/// 2011, section 3.2.1. Does not model: the pruning of vectors that grow long (Dynamo,
/// section 4.4).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace faultline::models {

/// One write of one key.
struct Dot {
  std::uint32_t actor = 0;    ///< Who took it: a replica, in one of its lives.
  std::uint32_t counter = 0;  ///< From 1; 0 is no write.
  auto operator<=>(const Dot&) const = default;
};

enum class Causality : std::uint8_t { equal, before, after, concurrent };

class VersionVector {
 public:
  /// The number of the last write seen of `actor`; 0 for none.
  std::uint32_t counter(std::uint32_t actor) const;
  bool covers(Dot dot) const { return counter(dot.actor) >= dot.counter; }
  /// All of this actor up to `dot` is seen.
  void add(Dot dot);
  void join(const VersionVector& other);
  /// How this one stands to `other`: `before` if all it has seen the other has too, and more.
  Causality compare(const VersionVector& other) const;

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  const std::vector<Dot>& entries() const { return entries_; }  ///< Sorted by actor.
  bool operator==(const VersionVector&) const = default;

 private:
  std::vector<Dot> entries_;
};

struct Version {
  Dot dot;
  std::uint64_t value = 0;
  std::int64_t stamp = 0;  ///< What the clock of the replica that took it showed, in nanoseconds.
  std::uint32_t size = 0;  ///< Of the value, in bytes.
  bool operator==(const Version&) const = default;
};

/// Which of two versions of a key are kept when replicas compare.
enum class VersionRule : std::uint8_t {
  vector_clock,     ///< All that are concurrent, as siblings.
  last_write_wins,  ///< The one of the latest stamp; of equal ones, that of the greater dot.
};

/// All that a replica knows of one key.
struct VersionedValue {
  VersionVector context;          ///< Empty under last_write_wins.
  std::vector<Version> versions;  ///< Sorted by dot; more than one are siblings.

  bool operator==(const VersionedValue&) const = default;
  bool empty() const { return versions.empty() && context.empty(); }
  /// Writes `version`, by one who had seen `seen`. Requires: the dot is new here.
  void write(const Version& version, const VersionVector& seen);
  /// Takes in what `other` knows; whether that changed anything.
  bool merge(const VersionedValue& other, VersionRule rule);
  /// False only if merging `other` changes nothing; quickly found.
  bool may_learn_from(const VersionedValue& other, VersionRule rule) const;
  /// The version of the latest stamp, of equal ones that of the greater dot; null without any.
  const Version* latest() const;
  /// A hash that is the same for equal states, and otherwise almost surely another.
  std::uint64_t digest() const;
  /// What it takes in a message: the values, 16 bytes for each of them, and 8 for each entry of the
  /// context.
  std::int64_t bytes() const {
    std::int64_t sum = static_cast<std::int64_t>(8 * context.size() + 16 * versions.size());
    for (const Version& version : versions) sum += version.size;
    return sum;
  }
};

/// Mixes 64 bits so that each bit of the result depends on all. Source: SplitMix64's finaliser.
inline std::uint64_t mix_bits(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

}  // namespace faultline::models
