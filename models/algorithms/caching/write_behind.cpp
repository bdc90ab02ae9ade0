/// Write-behind (write-back): a write is answered as soon as the cache has it; the store gets it
/// later, in batches.
///
/// Rule: a batch goes when `batch` keys wait, or `flush_interval` after the first of them came.
/// Several writes of one key in that time become one. With `limit` keys waiting, a write of another
/// key goes to the store at once. A crash of the node that holds the buffer loses what is in it,
/// although it was acknowledged.
/// Source: Oracle Coherence, "Write-behind caching"; Ehcache, "Write-behind".
/// Two servers with a buffer each may store the writes of one key in another order than they
/// acknowledged them.
/// Does not model: a buffer that is replicated, or kept on a disk.
#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct WriteBehindParams {
  sim::Duration flush_interval = std::chrono::seconds(1);
  std::int64_t batch = 100;
  std::int64_t limit = 10'000;

  static void describe(sim::ParamList<WriteBehindParams>& list) {
    list.add("flush_interval", &WriteBehindParams::flush_interval,
             "Longest that a write waits before it is sent to the store")
        .above(sim::Duration(0));
    list.add("batch", &WriteBehindParams::batch, "Keys that are sent to the store together")
        .unit("keys")
        .between(1, 100'000);
    list.add("limit", &WriteBehindParams::limit,
             "Keys that may wait; with that many, a write of another one goes to the store at once")
        .unit("keys")
        .between(1, 10'000'000);
  }
};

class WriteBehind final : public CachePattern {
 public:
  WriteBehind(const WriteBehindParams& params, const MakeArgs&) : params_(params) {}
  OnWrite on_write() const override { return OnWrite::buffer; }
  WriteBuffer::Config buffer() const override {
    return {
        .flush_interval = params_.flush_interval, .batch = params_.batch, .limit = params_.limit};
  }

 private:
  WriteBehindParams params_;  ///< Parameters.
};

const sim::Registration<CachePattern, WriteBehind, WriteBehindParams> registered{
    {.name = "write_behind",
     .title = "Write-behind",
     .summary = "A write is answered when the cache has it, and stored later, in batches; a crash "
                "loses what has not been stored.",
     .source = "Oracle Coherence, Write-behind caching; Ehcache, Write-behind",
     .does_not_model = "a buffer that is replicated, or kept on a disk"}};

}  // namespace
}  // namespace faultline::models
