/// What a client's next write depends on: what its library remembers of what it has read and
/// written.
///
/// Rule: a read adds the write that it returned; a write depends on all of that, and stands for it
/// from then on, because whoever has the write has what it depends on (the nearest dependencies of
/// COPS). A context that grows beyond `limit` is rounded up to a version vector: everything that
/// those replicas did up to then, which is more than was read and never less, and no more than is
/// shown where it was read: what is not shown without gaps there stays as it is.
/// Source: Lloyd, Freedman, Kaminsky, Andersen, "Don't Settle for Eventual: Scalable Causal
/// Consistency for Wide-Area Storage with COPS", SOSP 2011, sections 3.2 and 4.2. Rounding up: the
/// dependency matrix and vectors of Du et al., "Orbe", SoCC 2013.
/// Does not model: COPS-GT's get transactions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "models/algorithms/crdt/dot_context.hpp"

namespace faultline::models {

class ClientContext {
 public:
  explicit ClientContext(std::size_t limit = 64) : limit_(limit) {}

  /// It read what write `dot` wrote, whose Lamport time is `lamport`, where all events of
  /// `without_gaps` are shown.
  void read(const Dot& dot, std::uint64_t lamport, const VersionVector& without_gaps);
  /// It wrote write `dot`.
  void wrote(const Dot& dot, std::uint64_t lamport);

  const std::vector<Dot>& nearest() const { return nearest_; }  ///< In no order.
  const VersionVector& vector() const { return vector_; }       ///< Beside them, if any.
  std::uint64_t lamport() const { return lamport_; }            ///< The latest it has seen.
  bool empty() const { return nearest_.empty() && vector_.entries().empty(); }

 private:
  std::size_t limit_;  ///< Parameter.
  std::vector<Dot> nearest_;
  VersionVector vector_;
  std::uint64_t lamport_ = 0;
};

/// The contexts of many clients, `limit` of them at most: of who was not heard of for longest it
/// forgets, as if the client had started anew.
class ClientContexts {
 public:
  ClientContexts(std::size_t limit, std::size_t context_limit)
      : half_((limit + 1) / 2), context_limit_(context_limit) {}

  /// The context of this client, empty if it is new. Valid until the next call.
  ClientContext& of(std::uint64_t client);
  std::size_t size() const { return young_.size() + old_.size(); }

 private:
  /// Who was asked for lately, and who before that: when the young are too many they are the old.
  std::size_t half_;
  std::size_t context_limit_;
  std::unordered_map<std::uint64_t, ClientContext> young_;
  std::unordered_map<std::uint64_t, ClientContext> old_;
};

}  // namespace faultline::models
