#include "models/algorithms/crdt/delta_sync.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {

DeltaSync::Decision DeltaSync::next(std::size_t number, sim::Duration now) {
  Peer& peer = peers_[number];
  if (peer.silent) {
    if (now - peer.probed < retry_) return {};
    peer.probed = now;
    return {.what = What::probe};
  }
  if (peer.sent > peer.acknowledged && now - peer.progress >= retry_) {
    peer.sent = peer.acknowledged;
    peer.silent = true;
    peer.probed = now;
    return {.what = What::probe};
  }
  if (peer.sent == newest_) return {};
  if (peer.sent == peer.acknowledged) peer.progress = now;
  Decision decision{.what = What::interval, .interval = {peer.sent, newest_}};
  if (peer.sent < std::max(dropped_, peer.floor))
    decision = {.what = What::everything, .interval = {0, newest_}};
  peer.sent = newest_;
  return decision;
}

void DeltaSync::acknowledged(std::size_t number, const Interval& interval, sim::Duration now) {
  Peer& peer = peers_[number];
  heard(number);
  SIM_ASSERT(interval.upto <= newest_);
  if (interval.after > peer.acknowledged) {
    std::uint64_t& upto = peer.ahead[interval.after];
    upto = std::max(upto, interval.upto);
    return;
  }
  if (interval.upto <= peer.acknowledged) return;
  peer.acknowledged = interval.upto;
  while (!peer.ahead.empty() && peer.ahead.begin()->first <= peer.acknowledged) {
    peer.acknowledged = std::max(peer.acknowledged, peer.ahead.begin()->second);
    peer.ahead.erase(peer.ahead.begin());
  }
  peer.sent = std::max(peer.sent, peer.acknowledged);
  peer.progress = now;
}

void DeltaSync::needs_everything(std::size_t number) {
  Peer& peer = peers_[number];
  const bool silent = peer.silent;
  const sim::Duration probed = peer.probed;
  peer = Peer{};
  peer.silent = silent;
  peer.probed = probed;
  // A number of its own, so that there is something to acknowledge.
  peer.floor = record();
}

std::uint64_t DeltaSync::acknowledged_by_all() const {
  std::uint64_t least = newest_;
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
    if (peer != self_) least = std::min(least, peers_[peer].acknowledged);
  }
  return least;
}

}  // namespace faultline::models
