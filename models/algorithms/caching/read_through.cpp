/// Read-through: the cache itself asks the store on a miss, and answers from what it then holds; a
/// write goes to the store and erases the entry.
///
/// Rule: because the cache does the loading, it knows of a write that overtakes a load, and does
/// not keep what that load brings. Source: Oracle Coherence, "Read-through caching"; Caffeine,
/// "LoadingCache".
#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class ReadThrough final : public CachePattern {
 public:
  ReadThrough(const sim::NoParams&, const MakeArgs&) {}
};

const sim::Registration<CachePattern, ReadThrough, sim::NoParams> registered{
    {.name = "read_through",
     .title = "Read-through",
     .summary = "The cache loads what it misses and answers from what it holds; a write goes to "
                "the store and erases the entry.",
     .source = "Oracle Coherence, Read-through caching; Caffeine, LoadingCache"}};

}  // namespace
}  // namespace faultline::models
