/// The caller's side of names: every host remembers what a name stands for until its time to live
/// has run out, and then asks again.
///
///   call by name --> { remembered? } --yes--> address
///                         '--no--> ask a name server --> remember --> address
///
/// Rule: each host has a cache of its own and asks one server of several, by a hash of its number,
/// and the next one when that does not answer. A share of the hosts keeps an answer for `hold`
/// whatever its time to live. That there is no address is remembered too, as long as the server
/// says. An address that does not answer is no reason to ask again: until the time to live has run
/// out it is called.
/// Source: RFC 1035, section 7; RFC 2308; resolv.conf(5) (timeout 5 s, attempts 2).
/// Does not model: search lists, several addresses in one answer.
#pragma once

#include <tsl/robin_map.h>

#include <optional>
#include <string>
#include <vector>

#include "models/naming/look_up.hpp"
#include "sim/param/described.hpp"
#include "sim/random/stream.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

struct ResolverParams {
  bool cache = true;
  sim::Duration timeout = std::chrono::seconds(5);
  std::int64_t tries = 2;
  sim::Probability ignore_ttl{0};
  sim::Duration hold = std::chrono::hours(1);
  bool warm = false;

  static void describe(sim::ParamList<ResolverParams>& list);
};

class Resolver {
 public:
  Resolver(const ResolverParams& params, const sim::NodeRef& name,
           const sim::BuildContext& context);

  /// Whether `node` is one of the servers of this name.
  bool is_for(const sim::Node& node) const { return node.group() == group_; }
  /// The address for `host`; null if there is none, or it cannot be found out until `until`.
  sim::Task<std::optional<sim::Target>> resolve(std::uint64_t host, sim::Request basis,
                                                sim::Time until);

 private:
  struct Entry {
    sim::Target address;  ///< No node: there is none.
    sim::Time expires{};
  };
  sim::Duration time_to_keep(std::uint64_t host, sim::Duration time_to_live) const;
  void remember(std::uint64_t host, const Entry& entry, sim::Duration keep);

  sim::Node& node_;
  sim::Network& network_;
  ResolverParams params_;
  std::vector<sim::Target> servers_;
  std::string group_;
  std::uint64_t salt_;
  sim::Stream age_stream_;
  std::uint32_t lives_ = 0;                          ///< Crashes of this node when it last looked.
  tsl::robin_map<std::uint64_t, Entry> remembered_;  ///< By host; never iterated. State.
  std::uint64_t asked_ = 0;                          ///< Statistic.
  std::uint64_t cached_ = 0;                         ///< Statistic.
  std::uint64_t failed_ = 0;                         ///< Statistic.
};

}  // namespace faultline::models
