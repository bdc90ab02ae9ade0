/// Leases of a cache: of all who miss a key one is told to load it, and the others to wait; and
/// what he brings is taken only if nobody erased the key meanwhile.
///
///   miss --ask(key, who)--> granted: load it | not granted: another one is loading it, come again
///   put --may_put(key, who)--> false if his lease was revoked by an erase, or given to another one
///
/// Rule: a lease lasts `lease_time`; then the next who asks gets one. A lease that was revoked is
/// remembered for as long again. Who never had a lease may always put: he does not load what he
/// missed but writes what he knows.
/// Source: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1.
/// Does not model: stale values served to those who wait.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace faultline::models {

class LeaseTable {
 public:
  using Holder = std::uint64_t;  ///< Who asked, by the id of his request. Not 0.

  /// `lease_time` in the caller's nanoseconds, above 0.
  explicit LeaseTable(std::int64_t lease_time) : lease_time_(lease_time) {}

  /// Whether `who`, who missed `key`, is to load it.
  bool ask(std::uint64_t key, Holder who, std::int64_t now) {
    forget(now);
    const auto [lease, is_new] = leases_.try_emplace(key, Lease{who, now + lease_time_});
    if (is_new) return true;
    if (lease->second.holder == who) return true;
    if (lease->second.until > now) return false;
    revoke(key, lease->second.holder, now);
    lease->second = {who, now + lease_time_};
    return true;
  }
  /// Whether the cache is to take what `who` puts; his lease is over then.
  bool may_put(std::uint64_t key, Holder who, std::int64_t now) {
    forget(now);
    if (revoked_.erase({key, who}) > 0) return false;
    const auto lease = leases_.find(key);
    if (lease != leases_.end() && lease->second.holder == who) leases_.erase(lease);
    return true;
  }
  /// The key was erased, or something newer was put.
  void revoke(std::uint64_t key, std::int64_t now) {
    const auto lease = leases_.find(key);
    if (lease == leases_.end()) return;
    revoke(key, lease->second.holder, now);
    leases_.erase(lease);
  }
  void clear() {
    leases_.clear();
    revoked_.clear();
    order_.clear();
  }
  std::size_t held() const { return leases_.size(); }

 private:
  struct Lease {
    Holder holder;
    std::int64_t until;
  };
  using Name = std::pair<std::uint64_t, Holder>;
  struct Ended {
    Name name;
    std::int64_t until;
  };
  void revoke(std::uint64_t key, Holder holder, std::int64_t now) {
    const Name name{key, holder};
    revoked_[name] = now + lease_time_;
    order_.push_back({name, now + lease_time_});
  }
  void forget(std::int64_t now) {
    while (!order_.empty() && order_.front().until <= now) {
      const auto found = revoked_.find(order_.front().name);
      if (found != revoked_.end() && found->second <= now) revoked_.erase(found);
      order_.pop_front();
    }
  }

  std::int64_t lease_time_;                ///< Parameter.
  std::map<std::uint64_t, Lease> leases_;  ///< By key. State.
  std::map<Name, std::int64_t> revoked_;   ///< Until when they are remembered. State.
  std::deque<Ended> order_;                ///< By time. State.
};

}  // namespace faultline::models
