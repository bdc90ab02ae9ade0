#include "models/algorithms/sharding/range.hpp"

#include <algorithm>

#include "sim/registry/registry.hpp"

namespace faultline::models {

void RangeParams::describe(sim::ParamList<RangeParams>& list) {
  list.add("splits", &RangeParams::splits, "Keys at which a new range begins, in rising order");
  list.add("keys", &RangeParams::keys,
           "Number of keys, which are cut into even ranges instead, one for each node")
      .unit("keys")
      .at_least(1);
}

void RangeParams::check(const RangeParams& params, const sim::Path& path, sim::Problems& problems) {
  if (!params.splits.empty() && params.keys) {
    problems.add(path, "give one of `splits` and `keys`, not both");
  }
  std::int64_t before = 0;
  for (std::size_t i = 0; i < params.splits.size(); ++i) {
    if (params.splits[i] <= before) {
      problems.add((path / "splits")[i],
                   "expected a key above the one before it, the first above 0");
      return;
    }
    before = params.splits[i];
  }
}

Range::Range(const RangeParams& params, const MakeArgs& args)
    : params_(params), dealt_to_(args.nodes.size()) {
  add_all(args.nodes);
}

std::size_t Range::place(std::uint64_t key) {
  if (stale_) lay_out();
  if (starts_.empty()) return none;
  const auto after =
      std::upper_bound(starts_.begin(), starts_.end(), key,
                       [](std::uint64_t at, const Start& start) { return at < start.begin; });
  return (after - 1)->node;
}

Range::Piece Range::piece_of(std::uint64_t key) {
  for (const Piece& piece : pieces()) {
    if (piece.begin <= key && key <= piece.last) return piece;
  }
  SIM_ASSERT(false);  // No node takes keys.
  return {};
}

std::vector<Range::Piece> Range::pieces() {
  if (stale_) lay_out();
  std::vector<Piece> all;
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    const bool is_last = i + 1 == starts_.size();
    all.push_back({.begin = starts_[i].begin,
                   .last = is_last ? ~std::uint64_t{0} : starts_[i + 1].begin - 1,
                   .node = starts_[i].node});
  }
  return all;
}

void Range::give(const Piece& piece) {
  SIM_ASSERT(piece.begin <= piece.last);
  SIM_ASSERT(piece.node < size());
  given_.push_back(piece);
  stale_ = true;
}

void Range::lay_out() {
  stale_ = false;
  starts_.clear();
  if (params_.splits.empty()) {
    lay_out_even();
  } else {
    lay_out_splits();
  }
  if (starts_.empty()) return;
  for (const Piece& piece : given_) {
    if (takes_keys(piece.node)) paint(piece);
  }
  const auto same = [](const Start& a, const Start& b) { return a.node == b.node; };
  starts_.erase(std::unique(starts_.begin(), starts_.end(), same), starts_.end());
}

void Range::lay_out_splits() {
  for (std::size_t range = 0; range <= params_.splits.size(); ++range) {
    const std::uint64_t begin =
        range == 0 ? 0 : static_cast<std::uint64_t>(params_.splits[range - 1]);
    for (std::size_t step = 0; step < dealt_to_; ++step) {
      const std::size_t node = (range + step) % dealt_to_;
      if (!takes_keys(node)) continue;
      starts_.push_back({begin, node});
      break;
    }
  }
}

void Range::lay_out_even() {
  double total = 0;
  for (std::size_t node = 0; node < size(); ++node) total += takes_keys(node) ? weight(node) : 0;
  const double keys = params_.keys ? static_cast<double>(*params_.keys) : 0x1p64;
  double before = 0;
  for (std::size_t node = 0; node < size(); ++node) {
    if (!takes_keys(node)) continue;
    const auto begin = static_cast<std::uint64_t>(keys * (before / total) + 0.5);
    // One whose piece is empty has none.
    if (!starts_.empty() && starts_.back().begin == begin) starts_.pop_back();
    starts_.push_back({begin, node});
    before += weight(node);
  }
}

void Range::paint(const Piece& piece) {
  std::vector<Start> painted;
  for (const Start& start : starts_) {
    if (start.begin < piece.begin) painted.push_back(start);
  }
  painted.push_back({piece.begin, piece.node});
  if (piece.last != ~std::uint64_t{0}) {
    const auto after =
        std::upper_bound(starts_.begin(), starts_.end(), piece.last + 1,
                         [](std::uint64_t at, const Start& start) { return at < start.begin; });
    painted.push_back({piece.last + 1, (after - 1)->node});
    painted.insert(painted.end(), after, starts_.end());
  }
  starts_ = std::move(painted);
}

namespace {

const sim::Registration<KeyPlacement, Range, RangeParams> registered{
    {.name = "range",
     .title = "Ranges of keys",
     .summary = "Neighbouring keys live together, so a range of them is read in one place; what is "
                "popular together is hot together.",
     .source = "Chang et al., Bigtable: A Distributed Storage System for Structured Data, OSDI "
               "2006, section 5.1",
     .does_not_model = "merging of ranges that have become small"}};

}  // namespace
}  // namespace faultline::models
