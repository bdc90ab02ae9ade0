/// Which of several nodes a key lives on: the arithmetic below sharded caches and stores and below
/// the balancers that send a key, or a caller, always to the same backend.
///
///   key --> [ place ] --> node i        join or leave: which keys live elsewhere now?
///
/// The schemes differ in how evenly they spread, in what they remember, and in how many keys move
/// when the nodes change. At best it is the share of the node that joined or left, 1/n of n equal
/// ones; the modulo of a hash moves (n-1)/n. `placements_of` and `movement` tell what moved.
///
/// Nodes are known by index, 0 .. size()-1, in the order they were added. Each has a name, from
/// which most schemes derive its places, so that two users of the same nodes agree whatever order
/// they know them in; a weight; and is present or not. One that is not present gets no keys.
/// `place` may rebuild tables after a change, and is cheap between changes. No clock, no chance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/assert.hpp"

namespace faultline::models {

/// A node as a placement knows it.
struct PlacementNode {
  std::string name;
  double weight = 1;     ///< Its share of the keys, for the schemes that heed weights.
  std::string region{};  ///< Where it stands, for the schemes that heed regions.
};

class KeyPlacement {
 public:
  static constexpr std::string_view kind = "key placement";
  /// Where a key lives when no node is present.
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  struct MakeArgs {
    std::vector<PlacementNode> nodes;  ///< At first; all present. May be empty.
  };

  virtual ~KeyPlacement() = default;
  KeyPlacement(const KeyPlacement&) = delete;
  KeyPlacement& operator=(const KeyPlacement&) = delete;

  /// The node where `key` lives, present and of a weight above 0, or none.
  virtual std::size_t place(std::uint64_t key) = 0;
  /// The same as seen from `region`, for the schemes that keep data where it is asked for.
  virtual std::size_t place_from(std::string_view /*region*/, std::uint64_t key) {
    return place(key);
  }

  /// Adds a node, present, and returns its index, the former size(). Requires: weight >= 0.
  std::size_t add(PlacementNode node);
  /// The node leaves (false) or joins again (true). Its load stays as it is.
  void set_present(std::size_t index, bool present);
  /// Requires: weight >= 0; 0 is as good as not present.
  void set_weight(std::size_t index, double weight);

  /// The node took a key, or gave one back: schemes with bounded loads heed it.
  void took(std::size_t index);
  void gave(std::size_t index);

  std::size_t size() const { return nodes_.size(); }
  const std::string& name(std::size_t index) const { return nodes_[index].name; }
  const std::string& region(std::size_t index) const { return nodes_[index].region; }
  double weight(std::size_t index) const { return nodes_[index].weight; }
  std::uint64_t load(std::size_t index) const { return nodes_[index].load; }
  bool present(std::size_t index) const { return nodes_[index].present; }
  /// Present, and of a weight above 0.
  bool takes_keys(std::size_t index) const { return nodes_[index].takes_keys; }

 protected:
  KeyPlacement() = default;
  /// For the constructors of final classes.
  void add_all(const std::vector<PlacementNode>& nodes);

 private:
  // What a scheme must keep in step with; the account above is up to date when they are called.
  virtual void on_added(std::size_t index) = 0;  ///< `index` is new, and the last.
  virtual void on_weight(std::size_t index) = 0;
  virtual void on_presence(std::size_t index) = 0;  ///< Its takes_keys changed, weight alike.
  virtual void on_load(std::size_t /*index*/, std::int64_t /*change*/) {}

  struct Node {
    std::string name;
    std::string region;
    double weight = 1;
    std::uint64_t load = 0;
    bool present = true;
    bool takes_keys = true;
  };
  std::vector<Node> nodes_;  ///< State.
};

/// Where each of `keys` lives. The keys are placed one after the other and count as load while the
/// others are placed; afterwards the loads are as before.
std::vector<std::size_t> placements_of(KeyPlacement& placement,
                                       const std::vector<std::uint64_t>& keys);

/// What a change of the nodes did to a sample of keys.
struct Movement {
  std::uint64_t keys = 0;      ///< In the sample.
  std::uint64_t moved = 0;     ///< Live on another node than before.
  std::uint64_t needless = 0;  ///< Of those, neither from nor to the node that left or joined.

  double share_moved() const { return share(moved); }
  double share_needless() const { return share(needless); }

 private:
  double share(std::uint64_t part) const {
    return keys == 0 ? 0 : static_cast<double>(part) / static_cast<double>(keys);
  }
};

/// Compares what `placements_of` said of the same keys before and after node `changed` joined or
/// left.
Movement movement(const std::vector<std::size_t>& before, const std::vector<std::size_t>& after,
                  std::size_t changed);

/// What moves among `keys` when node `index` leaves or joins; the placement is as before
/// afterwards.
Movement movement_of_leaving(KeyPlacement& placement, std::size_t index,
                             const std::vector<std::uint64_t>& keys);

}  // namespace faultline::models
