#include "models/naming/resolver.hpp"

#include "sim/measure/digest.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Time;

void ResolverParams::describe(sim::ParamList<ResolverParams>& list) {
  list.add("cache", &ResolverParams::cache,
           "Each host remembers an answer until its time to live has run out");
  list.add("timeout", &ResolverParams::timeout,
           "How long it waits for an answer before it asks again")
      .above(Duration(0));
  list.add("tries", &ResolverParams::tries, "How often it asks").unit("tries").between(1, 1000);
  list.add("ignore_ttl", &ResolverParams::ignore_ttl,
           "Share of the hosts that keep an answer for `hold`, whatever its time to live")
      .between(sim::Probability{0}, sim::Probability{1});
  list.add("hold", &ResolverParams::hold, "How long those keep an answer").above(Duration(0));
  list.add("warm", &ResolverParams::warm,
           "As if the hosts had been at it for long: the first answer of each is already of an age "
           "drawn evenly from its time to live");
}

Resolver::Resolver(const ResolverParams& params, const sim::NodeRef& name,
                   const sim::BuildContext& context)
    : node_(context.node()),
      network_(context.network()),
      params_(params),
      servers_(context.port(name)),
      group_(servers_.front().node->group()),
      salt_(context.stream("hosts of " + name.name).next()),
      age_stream_(context.stream("ages of " + name.name)) {
  sim::NodeStatistics& statistics = node_.statistics();
  const auto count = [&statistics](const char* what, const std::uint64_t& counter) {
    statistics.scalar_part(what, [&counter](Time) { return static_cast<double>(counter); });
  };
  count("lookups_sent", asked_);
  count("lookups_cached", cached_);
  count("lookups_failed", failed_);
  statistics.on_reset([this](Time) { asked_ = cached_ = failed_ = 0; });
}

sim::Task<std::optional<sim::Target>> Resolver::resolve(std::uint64_t host, sim::Request basis,
                                                        Time until) {
  const sim::Kernel& kernel = node_.kernel();
  if (lives_ != node_.crashes()) {
    lives_ = node_.crashes();
    remembered_.clear();
  }
  std::optional<sim::Target> address;
  if (const auto found = remembered_.find(host);
      found != remembered_.end() && found->second.expires > kernel.now()) {
    ++cached_;
    if (found->second.address.node) address = found->second.address;
    co_return address;
  }
  ++asked_;
  const std::size_t first = sim::mix_bits(host ^ salt_) % servers_.size();
  auto asking = look_up(node_, servers_, first, {params_.timeout, params_.tries}, basis, until);
  const LookUp found = co_await asking;
  if (!found.answered) {
    ++failed_;
    co_return address;
  }
  Entry entry;
  if (found.answer.address) {
    entry.address = network_.target_of(node_, *found.answer.address);
    entry.address.role = servers_[first].role;
    address = entry.address;
  } else {
    ++failed_;
  }
  if (params_.cache) remember(host, entry, time_to_keep(host, found.answer.time_to_live));
  co_return address;
}

Duration Resolver::time_to_keep(std::uint64_t host, Duration time_to_live) const {
  const auto lot = static_cast<double>(sim::mix_bits(host + salt_) >> 11) * 0x1p-53;
  return lot < params_.ignore_ttl.value ? params_.hold : time_to_live;
}

void Resolver::remember(std::uint64_t host, const Entry& entry, Duration keep) {
  Entry kept = entry;
  const bool first = remembered_.find(host) == remembered_.end();
  if (first && params_.warm) {
    keep = Duration(
        static_cast<std::int64_t>(age_stream_.uniform() * static_cast<double>(keep.count())));
  }
  kept.expires = node_.kernel().now() + keep;
  remembered_[host] = kept;
}

}  // namespace faultline::models
