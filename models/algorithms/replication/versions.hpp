/// Versions of a key in a store where any replica may take a write: which of two writes knew of the
/// other, and which were concurrent.
///
/// A *dot* names one write: the replica that took it, in one of its lives, and its number among
/// those of this key. A *version vector* is a set of dots without gaps: of each replica, all up to
/// a number. A value is kept with its dot, and the key with the vector of all dots that were ever
/// seen of it (the context); what a reader is handed is this vector, and what he writes next
/// replaces what it covers and nothing else.
///
/// Rule: of two states of a key, a version is kept that both have, or that the other has not seen.
/// Source: Preguiça, Baquero, Almeida, Fonte, Gonçalves, "Dotted Version Vectors: Logical Clocks
/// for Optimistic Replication", arXiv 1011.5808, 2010; "Scalable and Accurate Causality Tracking
/// for Eventually Consistent Stores", DAIS 2014. By last-write-wins: Shapiro et al., INRIA RR-7506,
/// 2011, section 3.2.1. Does not model: the pruning of vectors that grow long (Dynamo,
/// section 4.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/algorithms/crdt/dot_context.hpp"

namespace faultline::models {

/// How one is to another that may have seen the same, less, more, or something else.
enum class Causality : std::uint8_t { equal, before, after, concurrent };

/// How `one` stands to `other`: `before` if all it has seen the other has too, and more.
Causality compare(const VersionVector& one, const VersionVector& other);

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
  bool empty() const { return versions.empty() && context.entries().empty(); }
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
  /// What it takes in a message: the values, 16 bytes for each of them, and 12 for each entry of
  /// the context.
  std::int64_t bytes() const {
    std::int64_t sum =
        static_cast<std::int64_t>(12 * context.entries().size() + 16 * versions.size());
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
