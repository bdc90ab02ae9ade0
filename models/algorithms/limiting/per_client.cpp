/// One limiter for each client instead of one for all: nobody uses up what is another's.
///
///   source 7 --> [ limiter of 7 ]
///   source 9 --> [ limiter of 9 ]      at most `clients_max` of them
///
/// Rule: clients are told apart by their address. The table holds `clients_max`; when one more
/// comes, the client that has not asked for longest is forgotten, and begins anew when it comes
/// back. A table that is too small for its clients therefore forgives: with more clients in turn
/// than places, each always finds a fresh limiter. Memory: at most `clients_max` limiters.
/// Source: nginx, ngx_http_limit_req_module (a zone of fixed size, least recently used states go).
#include <memory>
#include <vector>

#include "models/algorithms/eviction/index_lists.hpp"
#include "models/algorithms/eviction/key_index.hpp"
#include "models/algorithms/limiting/rate_limiter.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct PerClientParams {
  sim::Choice<RateLimiter> limit;
  std::int64_t clients_max = 10'000;

  static void describe(sim::ParamList<PerClientParams>& list) {
    list.add("limit", &PerClientParams::limit, "The limiter that each client has for itself")
        .required();
    list.add("clients_max", &PerClientParams::clients_max,
             "Clients remembered; one more, and the one that has not asked for longest is "
             "forgotten")
        .unit("clients")
        .between(1, 10'000'000);
  }
};

class PerClient final : public RateLimiter {
 public:
  PerClient(const PerClientParams& params, const MakeArgs& args)
      : choice_(params.limit),
        args_(args),
        pattern_(choice_.make(args)),
        clients_max_(static_cast<std::size_t>(params.clients_max)) {}

  sim::Duration ask(sim::Duration now, std::uint64_t source, std::int64_t permits) override {
    return of(source).ask(now, source, permits);
  }

  /// While the client is not forgotten.
  double permits_max(sim::Duration length) const override { return pattern_->permits_max(length); }

 private:
  struct Client {
    std::uint64_t source;
    std::unique_ptr<RateLimiter> limiter;
  };

  RateLimiter& of(std::uint64_t source) {
    const auto source_of = [this](std::uint32_t number) { return clients_[number].source; };
    std::uint32_t number = index_.find(source, source_of);
    if (number != KeyIndex::none) {
      by_use_.move_to_front(0, number);
      return *clients_[number].limiter;
    }
    if (clients_.size() < clients_max_) {
      number = static_cast<std::uint32_t>(clients_.size());
      clients_.push_back({source, choice_.make(args_)});
    } else {
      number = by_use_.back(0);
      by_use_.remove(number);
      index_.erase(clients_[number].source, source_of);
      clients_[number] = {source, choice_.make(args_)};
    }
    index_.insert(source, number);
    by_use_.push_front(0, number);
    return *clients_[number].limiter;
  }

  sim::Choice<RateLimiter> choice_;  ///< Parameter.
  MakeArgs args_;
  std::unique_ptr<RateLimiter> pattern_;  ///< Never asked; knows what each promises.
  std::size_t clients_max_;               ///< Parameter.
  std::vector<Client> clients_;           ///< By number. State.
  KeyIndex index_;                        ///< From source to number. State.
  IndexLists by_use_{1};                  ///< Numbers, the last to ask first. State.
};

const sim::Registration<RateLimiter, PerClient, PerClientParams> registered{
    {.name = "per_client",
     .title = "Per client",
     .summary = "A limiter for each client address; at most `clients_max` of them are remembered.",
     .source = "nginx, ngx_http_limit_req_module",
     .example =
         R"json({"type": "per_client", "limit": "token_bucket(10/s, burst=5)", "clients_max": 10000})json"}};

}  // namespace
}  // namespace faultline::models
