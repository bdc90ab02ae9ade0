/// Operations of single registers as transactions: what transactional levels say about stores
/// without transactions.
///
/// Causal consistency has two strengthenings that no store can keep both without waiting for
/// others: causal memory (every session has a view of all writes; Level::causal), and causal
/// convergence (replicas that have seen the same are equal; "causal+"). A history of registers is
/// causally convergent exactly if these transactions keep TransactionLevel::causal: one order of
/// all writes, in which each read finds the last one of its causal past.
/// Source: Bouajjani, Enea, Guerraoui, Hamza, "On Verifying Causal Consistency", POPL 2017 (CCv and
/// CM); Perrin, Mostefaoui, Jard, "Causal Consistency: Beyond Memory", PPoPP 2016 (not both).
#pragma once

#include "sim/measure/consistency/history.hpp"
#include "sim/measure/consistency/transactions/transaction.hpp"

namespace faultline::sim::consistency {

/// Each operation as a transaction of its own, in the same place: a compare-and-set is a read and a
/// write, and one that failed is nothing. Requires: operations of a register or cas_register.
TransactionHistory as_transactions(const History& history);

}  // namespace faultline::sim::consistency
