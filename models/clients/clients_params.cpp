#include "models/clients/clients_params.hpp"

#include <fmt/format.h>

#include <string_view>

#include "models/caching/staleness.hpp"

namespace faultline::models {

void MixEntry::describe(sim::ParamList<MixEntry>& list) {
  list.add("endpoint", &MixEntry::endpoint,
           "What is asked for; also the name of the class in the result")
      .required();
  list.add("weight", &MixEntry::weight, "How often, in relation to the other entries")
      .above(0)
      .at_most(1e9);
  list.add("reads", &MixEntry::reads, "Share of reads; without it, that of the clients")
      .between(sim::Probability{0}, sim::Probability{1});
  list.add("size", &MixEntry::size, "Size of a request; without it, that of the clients");
  list.add("keys", &MixEntry::keys, "Which keys are asked for; without it, those of the clients");
  list.add("timeout", &MixEntry::timeout,
           "How long the caller waits for an answer; without it, as the clients do")
      .above(sim::Duration(0));
  list.add("priority", &MixEntry::priority,
           "Of servers that heed it, the smaller number comes first")
      .between(0, 255);
}

void SessionParams::describe(sim::ParamList<SessionParams>& list) {
  list.add("requests", &SessionParams::requests,
           "How many requests a visit has, one after the other's answer; rounded, at least one")
      .between(1, static_cast<double>(requests_max));
  list.add("pause", &SessionParams::pause, "Time between an answer and the next request");
}

void BrowserCacheParams::describe(sim::ParamList<BrowserCacheParams>& list) {
  list.add("entries", &BrowserCacheParams::entries,
           "How many each user's browser holds; the least recently used one goes")
      .unit("entries")
      .between(1, 100'000);
  list.add("ttl", &BrowserCacheParams::ttl,
           "How long an entry is good for after its answer came; without it, for ever")
      .above(sim::Duration(0));
  list.add("cacheable", &BrowserCacheParams::cacheable,
           "Share of the keys whose answers may be kept")
      .between(sim::Probability{0}, sim::Probability{1});
  list.add("staleness_of", &BrowserCacheParams::staleness_of, staleness_help).role("store");
}

void ClientsParams::describe(sim::ParamList<ClientsParams>& list) {
  list.add("arrivals", &ClientsParams::arrivals,
           "When requests are sent, or visits begin, whether or not earlier ones were answered: an "
           "open system");
  list.add(
          "users", &ClientsParams::users,
          "Instead of `arrivals`: so many users, each of whom thinks, makes a visit, waits for its "
          "answers and thinks again: a closed system")
      .between(1, users_max);
  list.add(
      "trace", &ClientsParams::trace,
      "Instead of `arrivals`: requests that were recorded. What the trace does not say of them "
      "is drawn as for others");
  list.add("think_time", &ClientsParams::think_time,
           "With `users`: time a user thinks before each visit");
  list.add("session", &ClientsParams::session, "What a visit is; without it one request");
  list.add("profile", &ClientsParams::profile,
           "How the load changes over time: a factor of the rate of arrivals, or of the number of "
           "users who are there; a `load_test` takes its place");
  list.add("target", &ClientsParams::target,
           "Whom they are sent to; of several replicas, each in turn")
      .required();
  list.add("keys", &ClientsParams::keys, "Which keys are asked for, and how often");
  list.add("reads", &ClientsParams::reads, "Share of reads; the others are writes")
      .between(sim::Probability{0}, sim::Probability{1});
  list.add("size", &ClientsParams::size, "Size of a request");
  list.add("mix", &ClientsParams::mix,
           "Classes of requests by endpoint; without it, all ask for \"default\"");
  list.include(&ClientsParams::caller);
  list.add(
      "patience", &ClientsParams::patience,
      "How long a user waits for an answer, retries included; then he leaves, and the visit is "
      "over (`abandoned`)");
  list.add("hangs_up", &ClientsParams::hangs_up,
           "Whether servers know how long he waits, as if he hung up: then none begins to work for "
           "a user who has left");
  list.add("addresses", &ClientsParams::addresses,
           "How many network addresses they come from, each about equally often; a user keeps his")
      .unit("addresses")
      .between(1, std::int64_t{1} << 32);
  list.add("address_popularity", &ClientsParams::address_popularity,
           "Instead of `addresses`: how often each address is met; behind a popular one many users "
           "share a gateway (NAT)");
  list.add("browser_cache", &ClientsParams::browser_cache,
           "What each user's browser keeps; what it holds is not asked for again. Without "
           "`session`, of open arrivals an address stands for a user");
  list.add("populations", &ClientsParams::populations,
           "How the users are spread over zones, by weight: arrivals and users are those of all "
           "replicas together, and each replica stands for its zone's share. Without it each "
           "replica "
           "sends as declared")
      .above(0)
      .at_most(1e9);
}

namespace {

/// The ways to say when requests come, of which a file gives one.
void check_source(const ClientsParams& params, const sim::Path& path, sim::Problems& problems) {
  std::vector<std::string_view> given;
  if (params.arrivals) given.emplace_back("`arrivals`");
  if (params.users) given.emplace_back("`users`");
  if (params.trace) given.emplace_back("`trace`");
  if (given.empty()) {
    problems.add(
        path, "none of `arrivals`, `users` and `trace` is given",
        R"json(write, for example, "arrivals": "poisson(500/s)" for requests that come )json"
        R"json(whatever happens, or "users": 100 for users who wait for answers)json");
  }
  if (given.size() > 1) {
    problems.add(path, fmt::format("{} are given", fmt::join(given, " and ")),
                 "give the one that says when requests come");
  }
  if (params.trace && params.session) {
    problems.add(path / "session", "has no effect beside `trace`");
  }
  if (params.trace && !params.trace->arrivals && params.profile) {
    problems.add(path / "profile", "a trace has its own times",
                 "give `trace.arrivals` for a profile to shape, or `trace.speed`");
  }
  const bool thinks =
      !params.think_time.is_constant() || params.think_time.constant_value() != sim::Duration(0);
  if (thinks && !params.users) {
    problems.add(path / "think_time", "only with `users`");
  }
}

void check_classes(const ClientsParams& params, const sim::Path& path, sim::Problems& problems) {
  for (std::size_t i = 0; i < params.mix.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (params.mix[i].endpoint != params.mix[j].endpoint) continue;
      if (params.mix[i].timeout != params.mix[j].timeout) {
        problems.add(path[i] / "timeout",
                     fmt::format("another entry of endpoint \"{}\" has another timeout",
                                 params.mix[i].endpoint));
      }
    }
  }
}

void check_browser_cache(const ClientsParams& params, const sim::Path& path,
                         sim::Problems& problems) {
  if (!params.browser_cache) return;
  std::int64_t browsers = 1;
  if (params.users) {
    const double highest = params.profile ? params.profile.make({})->curve().maximum() : 1;
    browsers = static_cast<std::int64_t>(static_cast<double>(*params.users) *
                                         std::max(1.0, std::min(highest, 1e6)));
  } else if (!params.session) {
    browsers = params.address_popularity
                   ? static_cast<std::int64_t>(params.address_popularity.make({})->key_count())
                   : params.addresses;
  }
  if (browsers <= ClientsParams::browser_entries_max / params.browser_cache->entries) return;
  problems.add(
      path / "browser_cache",
      fmt::format("expected at most {} entries in all browsers, got {} browsers of {}",
                  ClientsParams::browser_entries_max, browsers, params.browser_cache->entries));
}

}  // namespace

void ClientsParams::check(const ClientsParams& params, const sim::Path& path,
                          sim::Problems& problems) {
  CallerParams::check(params.caller, path, problems);
  check_source(params, path, problems);
  check_classes(params, path / "mix", problems);
  check_browser_cache(params, path, problems);
  if (params.hangs_up && !params.patience) {
    problems.add(path / "hangs_up", "only with `patience`");
  }
  if (params.address_popularity && params.addresses != ClientsParams::addresses_default) {
    problems.add(path / "addresses", "has no effect beside `address_popularity`");
  }
  if (params.users && params.profile) {
    const double most =
        static_cast<double>(*params.users) * params.profile.make({})->curve().maximum();
    if (most > static_cast<double>(users_max)) {
      problems.add(path / "profile",
                   fmt::format("expected at most {} users at any time, got {:g}", users_max, most));
    }
  }
}

}  // namespace faultline::models
