/// LIRS: ranks entries by the distance between their last two uses instead of the time since the
/// last one. Entries with short distances (LIR) hold all of the cache but a small part; the others
/// (HIR) pass through that part, and become LIR when they are used again while still in the recency
/// stack, resident or as ghosts.
///
/// - Stack S: the LIR entries, and the HIR entries and ghosts used after the oldest LIR entry. The
///   newest is in front, a LIR entry at the back.
/// - Queue Q: the resident HIR entries. Its oldest is the victim.
///
/// Source: Jiang, Zhang, "LIRS: An Efficient Low Inter-reference Recency Set Replacement Policy to
/// Improve Buffer Cache Performance", SIGMETRICS 2002. The paper knows pages of one size only, so
/// there are two variants:
///
/// - authors: their program, in which an immediate repeat of a key moves nothing. The default where
///   the capacity counts entries.
/// - sized: libCacheSim's extension to objects of different sizes, the default where the capacity
///   counts bytes. Repeats count, S is limited to twice the capacity, and a hit in Q outside S also
///   demotes LIR entries until the entry would fit among them.
///
/// Does not model: an object larger than Q's share that is demoted; it is evicted at once.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

struct LirsParams {
  sim::Probability hir_share{0.01};
  std::string variant = "auto";
  std::optional<double> stack_limit;

  static void describe(sim::ParamList<LirsParams>& list) {
    list.add("hir_share", &LirsParams::hir_share,
             "Share of the capacity for entries with long distances; at least 2 entries");
    list.add("variant", &LirsParams::variant,
             "Rules of the authors' program or of its extension to sizes; auto: by the capacity's "
             "unit")
        .one_of({"auto", "authors", "sized"});
    list.add("stack_limit", &LirsParams::stack_limit,
             "Largest stack with its ghosts, in multiples of the capacity; 32 for authors, 2 for "
             "sized if not given")
        .between(1, 2500);
  }
};

class Lirs final : public EvictionPolicy {
 public:
  Lirs(const LirsParams& params, const MakeArgs& args) : entries_(args.entries) {
    const std::int64_t capacity = args.capacity.amount;
    const bool counts_bytes = args.capacity.unit == CacheCapacity::Unit::bytes;
    sized_ = params.variant == "sized" || (params.variant == "auto" && counts_bytes);
    const double share = static_cast<double>(capacity) * params.hir_share.value;
    hir_max_ = std::max<std::int64_t>(static_cast<std::int64_t>(share), 2);
    hir_max_ = std::min(hir_max_, std::max<std::int64_t>(capacity / 2, 1));
    lir_max_ = capacity - hir_max_;
    // The authors' program allows 2500; 32 gives its counts on all traces tried and bounds the
    // ghosts.
    stack_max_ = params.stack_limit.value_or(sized_ ? 2.0 : 32.0) * static_cast<double>(capacity);
  }

  void arriving(CacheKey key, std::int64_t weight) override {
    arriving_ = ghosts_.find(key, key_of());
    if (arriving_ != none && weight > lir_max_) {
      drop_ghost(arriving_);
      arriving_ = none;
    }
    if (arriving_ != none) {
      stack_.move_to_front(0, arriving_);
      make_room_for_lir(weight);
    } else if (lir_weight_ + weight > lir_max_) {
      make_room_for_hir(weight);
    }
  }
  void inserted(CacheSlot slot) override {
    const std::int64_t weight = entries_.weight(slot);
    Node node = arriving_;
    arriving_ = none;
    const bool becomes_lir = node != none || lir_weight_ + weight <= lir_max_;
    if (node == none) {
      node = make_node(entries_.key(slot));
      nodes_[node].weight = weight;
      enter_stack(node);
    } else {
      forget_ghost(node);
      stack_weight_ += weight - nodes_[node].weight;
      nodes_[node].weight = weight;
    }
    nodes_[node].slot = slot;
    if (slot >= node_of_.size()) node_of_.resize(slot + std::size_t{1}, none);
    node_of_[slot] = node;
    if (becomes_lir) {
      enter_lir(node);
    } else {
      enter_queue(node);
    }
    last_touched_ = slot;
    limit_stack();
  }
  void touched(CacheSlot slot) override {
    if (slot == last_touched_ && !sized_) return;
    last_touched_ = slot;
    const Node node = node_of_[slot];
    if (nodes_[node].status == Status::lir) {
      stack_.move_to_front(0, node);
      prune_stack();
    } else if (nodes_[node].in_stack && nodes_[node].weight <= lir_max_) {
      stack_.move_to_front(0, node);
      leave_queue(node);
      // Already LIR, so that the pruning stops at it when it is the only one left.
      nodes_[node].status = Status::lir;
      make_room_for_lir(nodes_[node].weight);
      enter_lir(node);
    } else {
      queue_.move_to_front(0, node);
      if (nodes_[node].in_stack) {
        stack_.move_to_front(0, node);
        return;
      }
      spared_ = node;
      if (sized_) make_room_for_lir(nodes_[node].weight);
      spared_ = none;
      enter_stack(node);
      limit_stack();
    }
  }
  void resized(CacheSlot slot, std::int64_t weight_before) override {
    NodeData& node = nodes_[node_of_[slot]];
    const std::int64_t growth = entries_.weight(slot) - weight_before;
    node.weight += growth;
    (node.status == Status::lir ? lir_weight_ : hir_weight_) += growth;
    if (node.in_stack) stack_weight_ += growth;
  }
  void erased(CacheSlot slot) override {
    const Node node = node_of_[slot];
    if (nodes_[node].in_stack) leave_stack(node);
    if (nodes_[node].status == Status::lir) {
      lir_weight_ -= nodes_[node].weight;
      prune_stack();
    } else {
      leave_queue(node);
    }
    free_.push_back(node);
    if (slot == last_touched_) last_touched_ = no_slot;
  }
  CacheSlot victim() override {
    if (!queue_.empty(0)) return evict_from_queue(queue_.back(0));
    const CacheSlot slot = nodes_[stack_.back(0)].slot;
    erased(slot);
    return slot;
  }

 private:
  using Node = std::uint32_t;
  static constexpr Node none = KeyIndex::none;
  enum class Status : std::uint8_t { lir, hir, ghost };
  /// A resident entry or a ghost.
  struct NodeData {
    CacheKey key = 0;
    std::int64_t weight = 0;
    CacheSlot slot = no_slot;  ///< Of a resident entry.
    Status status = Status::hir;
    bool in_stack = false;
  };
  struct KeyOf {
    const std::vector<NodeData>& nodes;
    CacheKey operator()(Node node) const { return nodes[node].key; }
  };
  KeyOf key_of() const { return {nodes_}; }

  Node make_node(CacheKey key) {
    if (free_.empty()) {
      nodes_.push_back({.key = key});
      return static_cast<Node>(nodes_.size() - 1);
    }
    const Node node = free_.back();
    free_.pop_back();
    nodes_[node] = {.key = key};
    return node;
  }

  void enter_stack(Node node) {
    stack_.push_front(0, node);
    nodes_[node].in_stack = true;
    stack_weight_ += nodes_[node].weight;
  }
  void leave_stack(Node node) {
    stack_.remove(node);
    nodes_[node].in_stack = false;
    stack_weight_ -= nodes_[node].weight;
  }
  void enter_lir(Node node) {
    nodes_[node].status = Status::lir;
    lir_weight_ += nodes_[node].weight;
    prune_stack();  // If it is the only one, others may be behind it.
  }
  void enter_queue(Node node) {
    nodes_[node].status = Status::hir;
    hir_weight_ += nodes_[node].weight;
    queue_.push_front(0, node);
  }
  void leave_queue(Node node) {
    hir_weight_ -= nodes_[node].weight;
    queue_.remove(node);
  }

  /// Demotes the oldest LIR entries until `weight` more fits among the LIR.
  void make_room_for_lir(std::int64_t weight) {
    while (lir_weight_ + weight > lir_max_ && lir_weight_ > 0) {
      const Node node = stack_.back(0);
      leave_stack(node);
      lir_weight_ -= nodes_[node].weight;
      if (nodes_[node].weight > hir_max_) {
        give_up(nodes_[node].slot);
        free_.push_back(node);
      } else {
        make_room_for_hir(nodes_[node].weight);
        enter_queue(node);
      }
      prune_stack();
    }
  }
  /// Evicts the oldest HIR entries until `weight` more fits among them, or none is left.
  void make_room_for_hir(std::int64_t weight) {
    while (hir_weight_ + weight > hir_max_) {
      Node oldest = queue_.back(0);
      if (oldest == spared_ && oldest != none) oldest = queue_.towards_front(oldest);
      if (oldest == none) return;
      give_up(evict_from_queue(oldest));
    }
  }
  CacheSlot evict_from_queue(Node node) {
    leave_queue(node);
    const CacheSlot slot = nodes_[node].slot;
    if (slot == last_touched_) last_touched_ = no_slot;
    if (nodes_[node].in_stack) {
      nodes_[node].status = Status::ghost;
      ghosts_.insert(nodes_[node].key, node);
      ghost_order_.push_front(0, node);
    } else {
      free_.push_back(node);
    }
    return slot;
  }

  /// Keeps a LIR entry at the back of the stack, if there is one.
  void prune_stack() {
    while (!stack_.empty(0)) {
      const Node node = stack_.back(0);
      if (nodes_[node].status == Status::lir || node == arriving_) return;
      if (nodes_[node].status == Status::ghost) {
        drop_ghost(node);
      } else {
        leave_stack(node);
      }
    }
  }
  void limit_stack() {
    while (static_cast<double>(stack_weight_) > stack_max_ && !ghost_order_.empty(0)) {
      drop_ghost(ghost_order_.back(0));
    }
  }
  void forget_ghost(Node node) {
    ghosts_.erase(nodes_[node].key, key_of());
    ghost_order_.remove(node);
  }
  void drop_ghost(Node node) {
    leave_stack(node);
    forget_ghost(node);
    free_.push_back(node);
  }

  const CacheEntries& entries_;       ///< Input.
  bool sized_ = false;                ///< Parameter.
  std::int64_t hir_max_ = 0;          ///< Parameter.
  std::int64_t lir_max_ = 0;          ///< Parameter.
  double stack_max_ = 0;              ///< Parameter.
  std::int64_t lir_weight_ = 0;       ///< State.
  std::int64_t hir_weight_ = 0;       ///< Resident ones only. State.
  std::int64_t stack_weight_ = 0;     ///< With the ghosts. State.
  std::vector<NodeData> nodes_;       ///< State.
  std::vector<Node> free_;            ///< State.
  std::vector<Node> node_of_;         ///< By slot. State.
  IndexLists stack_{1};               ///< S. State.
  IndexLists queue_{1};               ///< Q. State.
  IndexLists ghost_order_{1};         ///< Ghosts, last evicted in front. State.
  KeyIndex ghosts_;                   ///< State.
  Node arriving_ = none;              ///< The ghost of the arriving key. State.
  Node spared_ = none;                ///< Not to be evicted in this call. State.
  CacheSlot last_touched_ = no_slot;  ///< State.
};

const sim::Registration<EvictionPolicy, Lirs, LirsParams> registered{
    {.name = "lirs",
     .title = "LIRS",
     .summary = "Keeps entries whose last two uses were close together; the others pass through a "
                "small part of the cache.",
     .source = "Jiang, Zhang, LIRS: An Efficient Low Inter-reference Recency Set Replacement "
               "Policy, SIGMETRICS 2002",
     .does_not_model = "an object larger than the share of the passing entries that loses its "
                       "rank: it is evicted at once"}};

}  // namespace
}  // namespace faultline::models
