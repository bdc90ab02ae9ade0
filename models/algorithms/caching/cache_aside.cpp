/// Cache-aside: the application looks into the cache, on a miss asks the store, and puts what it
/// got into the cache without waiting for that; a write goes to the store and erases the entry.
///
/// Rule: the cache knows nothing of loads. A write that comes between a load and its put is lost to
/// the cache: the old value is put after the erase, and stays until its time is over.
/// Source: Microsoft, Cloud design patterns, "Cache-Aside"; Nishtala et al., "Scaling Memcache at
/// Facebook", NSDI 2013, section 2.
#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class CacheAside final : public CachePattern {
 public:
  CacheAside(const sim::NoParams&, const MakeArgs&) {}
  bool fills_before_answer() const override { return false; }
};

const sim::Registration<CachePattern, CacheAside, sim::NoParams> registered{
    {.name = "cache_aside",
     .title = "Cache-aside",
     .summary = "A miss is loaded and put by whoever asked, who does not wait for the put; a write "
                "goes to the store and erases the entry.",
     .source = "Microsoft, Cloud design patterns, Cache-Aside; Nishtala et al., Scaling Memcache "
               "at Facebook, NSDI 2013"}};

}  // namespace
}  // namespace faultline::models
