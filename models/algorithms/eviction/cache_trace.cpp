#include "models/algorithms/eviction/cache_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "models/algorithms/eviction/cache_store.hpp"

namespace faultline::models {
namespace {

using sim::Path;
using sim::Problems;

constexpr std::size_t chunk_size = 64 * 1024;

/// A policy as asked for: an ordinary one or one that needs the future.
struct ChosenPolicy {
  std::string text;
  sim::Choice<EvictionPolicy> online;
  sim::Choice<OfflineEvictionPolicy> offline;
};

/// The pieces of `text` between the commas that stand in no parentheses or braces.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> pieces(1);
  int depth = 0;
  for (const char letter : text) {
    if (letter == '(' || letter == '{') ++depth;
    if (letter == ')' || letter == '}') --depth;
    if (letter == ',' && depth <= 0) {
      pieces.emplace_back();
    } else if (letter != ' ' || !pieces.back().empty()) {
      pieces.back() += letter;
    }
  }
  for (std::string& piece : pieces) piece.erase(piece.find_last_not_of(' ') + 1);
  return pieces;
}

bool is_registered(std::string_view kind, std::string_view name) {
  return sim::TypeCatalogue::instance().find(kind, name) != nullptr;
}

std::vector<ChosenPolicy> choose_policies(std::string_view text, Problems& problems) {
  const sim::TypeCatalogue& catalogue = sim::TypeCatalogue::instance();
  std::vector<std::string> names = split_list(text);
  if (names == std::vector<std::string>{"all"}) {
    names = catalogue.names(EvictionPolicy::kind);
    for (const std::string& name : catalogue.names(OfflineEvictionPolicy::kind)) {
      names.push_back(name);
    }
  }
  std::vector<ChosenPolicy> chosen;
  const Path path("--policy");
  sim::ReadContext context{problems};
  for (const std::string& name : names) {
    if (name.empty()) {
      problems.add(path, "expected a policy, got nothing", "such as lru, or all");
      continue;
    }
    ChosenPolicy& policy = chosen.emplace_back();
    policy.text = name;
    const sim::Json json = name;
    const std::string type = name.substr(0, name.find_first_of("( "));
    if (is_registered(OfflineEvictionPolicy::kind, type)) {
      sim::ValueType<sim::Choice<OfflineEvictionPolicy>>::read(json, policy.offline, {}, path,
                                                               context);
    } else {
      sim::ValueType<sim::Choice<EvictionPolicy>>::read(json, policy.online, {}, path, context);
    }
  }
  return chosen;
}

/// The admission in front of `policies`, if there is one.
sim::Choice<CacheAdmission> choose_admission(const std::string& text,
                                             const std::vector<ChosenPolicy>& policies,
                                             Problems& problems) {
  sim::Choice<CacheAdmission> admission;
  if (text.empty()) return admission;
  const Path path("--admission");
  sim::ReadContext context{problems};
  sim::ValueType<sim::Choice<CacheAdmission>>::read(sim::Json(text), admission, {}, path, context);
  if (!admission) return admission;
  for (const ChosenPolicy& policy : policies) {
    const bool fits = policy.online
                          ? admission_fits(policy.online, admission)
                          : admission_fits(sim::Choice<EvictionPolicy>("random"), admission);
    if (fits) continue;
    problems.add(path,
                 fmt::format("compares who comes with who would have to go, which {} cannot say",
                             policy.text),
                 "take lru, fifo, lfu or gdsf");
  }
  return admission;
}

/// One policy's cache and counts.
class Contestant {
 public:
  Contestant(const ChosenPolicy& policy, const sim::Choice<CacheAdmission>& admission,
             CacheCapacity capacity, std::uint64_t seed)
      : random_(seed), store_(make_policy(policy), capacity, random_) {
    if (admission) {
      store_.set_admission(
          [admission](const CacheAdmission::MakeArgs& args) { return admission.make(args); });
    }
    result.policy = policy.text;
    result.capacity = capacity;
  }

  void serve(const TraceRequest& request, std::uint64_t next_use) {
    future_.next_use = next_use;
    const std::int64_t size = std::max<std::int64_t>(request.size, 1);
    const CacheEntry* entry = store_.lookup(request.key);
    if (entry && entry->size == size) {
      ++result.hits;
      return;
    }
    if (entry) {
      ++result.hits;
    } else {
      ++result.misses;
      result.byte_misses += static_cast<std::uint64_t>(request.size);
    }
    store_.put({.key = request.key, .size = size, .expires_at = CacheStore::no_expiry});
  }

  CacheTraceResult result;

 private:
  CacheStore::MakePolicy make_policy(const ChosenPolicy& policy) {
    if (policy.online) {
      return [choice = policy.online](const EvictionPolicy::MakeArgs& args) {
        return choice.make(args);
      };
    }
    return [this, choice = policy.offline](const EvictionPolicy::MakeArgs& args) {
      return choice.make({args, future_});
    };
  }

  OfflineEvictionPolicy::Future future_;  ///< Before the store, whose policy refers to it.
  SplitMixSource random_;
  CacheStore store_;
};

/// How many different keys there were.
class DistinctKeys {
 public:
  void add(CacheKey key) {
    if (index_.find(key, [this](std::uint32_t number) { return keys_[number]; }) != KeyIndex::none)
      return;
    index_.insert(key, static_cast<std::uint32_t>(keys_.size()));
    keys_.push_back(key);
  }
  std::uint64_t count() const { return keys_.size(); }

 private:
  KeyIndex index_;
  std::vector<CacheKey> keys_;
};

/// For each request the number of the next one of the same key.
std::vector<std::uint64_t> next_uses(const std::vector<TraceRequest>& requests) {
  std::vector<std::uint64_t> next(requests.size(), OfflineEvictionPolicy::Future::never);
  KeyIndex index;
  std::vector<std::pair<CacheKey, std::uint64_t>> last_seen;
  for (std::uint64_t number = 0; number < requests.size(); ++number) {
    const CacheKey key = requests[number].key;
    const std::uint32_t known =
        index.find(key, [&](std::uint32_t of) { return last_seen[of].first; });
    if (known == KeyIndex::none) {
      index.insert(key, static_cast<std::uint32_t>(last_seen.size()));
      last_seen.emplace_back(key, number);
    } else {
      next[last_seen[known].second] = number;
      last_seen[known].second = number;
    }
  }
  return next;
}

/// The whole run: the trace, and everybody who serves it.
class Run {
 public:
  Run(const CacheTraceOptions& options, TraceReader& reader) : options_(options), reader_(reader) {}

  void add(const ChosenPolicy& policy, const sim::Choice<CacheAdmission>& admission,
           CacheCapacity capacity) {
    contestants_.push_back(
        std::make_unique<Contestant>(policy, admission, capacity, options_.seed));
    needs_future_ = needs_future_ || policy.offline;
  }

  /// False on a problem.
  bool go(Problems& problems) {
    return needs_future_ ? serve_with_future(problems) : serve_as_read(problems);
  }

  std::vector<CacheTraceResult> results() {
    std::vector<CacheTraceResult> results;
    for (const auto& contestant : contestants_) {
      CacheTraceResult& result = results.emplace_back(std::move(contestant->result));
      result.trace = options_.file;
      result.format = reader_.format();
      result.has_sizes = reader_.has_sizes();
      result.requests = requests_;
      result.bytes_requested = bytes_;
      result.distinct_keys = distinct_.count();
      result.cut_short = cut_short_;
    }
    return results;
  }

 private:
  bool serve_as_read(Problems& problems) {
    std::vector<TraceRequest> chunk;
    while (!cut_short_) {
      if (!reader_.read(chunk_size, chunk, problems)) return false;
      if (chunk.empty()) break;
      serve(chunk, {});
      report_progress();
    }
    return requests_ > 0 || cut_short_ || fail_as_empty(problems);
  }
  bool serve_with_future(Problems& problems) {
    std::vector<TraceRequest> all;
    std::vector<TraceRequest> chunk;
    do {
      if (!reader_.read(chunk_size, chunk, problems)) return false;
      all.insert(all.end(), chunk.begin(), chunk.end());
      report_progress();
    } while (!chunk.empty() && !cut_short_);
    if (all.empty()) return fail_as_empty(problems);
    const std::vector<std::uint64_t> next = next_uses(all);
    for (std::size_t from = 0; from < all.size() && !cut_short_; from += chunk_size) {
      const std::size_t count = std::min(chunk_size, all.size() - from);
      serve(std::span(all).subspan(from, count), std::span(next).subspan(from, count));
      report_progress();
    }
    return true;
  }
  bool fail_as_empty(Problems& problems) const {
    problems.add(Path(options_.file), "the trace is empty");
    return false;
  }

  /// Policy by policy, so that each works on warm tables. Empty `next`: nobody needs it.
  void serve(std::span<const TraceRequest> requests, std::span<const std::uint64_t> next) {
    for (const auto& contestant : contestants_) {
      for (std::size_t number = 0; number < requests.size(); ++number) {
        contestant->serve(requests[number],
                          next.empty() ? OfflineEvictionPolicy::Future::never : next[number]);
      }
    }
    for (const TraceRequest& request : requests) {
      distinct_.add(request.key);
      bytes_ += static_cast<std::uint64_t>(request.size);
    }
    requests_ += requests.size();
  }
  void report_progress() {
    if (!options_.progress) return;
    cut_short_ = !options_.progress({requests_, reader_.bytes_read(), reader_.bytes_total()});
  }

  const CacheTraceOptions& options_;
  TraceReader& reader_;
  std::vector<std::unique_ptr<Contestant>> contestants_;
  bool needs_future_ = false;
  bool cut_short_ = false;
  std::uint64_t requests_ = 0;
  std::uint64_t bytes_ = 0;
  DistinctKeys distinct_;
};

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(double share) { return fmt::format("{:.2f} %", share * 100); }

/// A text cut to `width`, for a column.
std::string fitted(std::string text, std::size_t width) {
  if (text.size() > width) text = text.substr(0, width - 2) + "..";
  return text;
}

std::string list_of(const CacheTraceResult& result) {
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    text += fmt::format("{:<17}{}\n", name, value);
  };
  line("policy", result.policy);
  line("capacity", to_text(result.capacity) +
                       (result.capacity.unit == CacheCapacity::Unit::entries ? " entries" : ""));
  line("requests", fmt::format("{}", result.requests));
  line("distinct keys", fmt::format("{}", result.distinct_keys));
  line("hits", fmt::format("{}", result.hits));
  line("misses", fmt::format("{}", result.misses));
  line("miss ratio", percent(result.miss_ratio()));
  if (result.has_sizes) {
    line("bytes requested", fmt::format("{}", result.bytes_requested));
    line("byte misses", fmt::format("{}", result.byte_misses));
    line("byte miss ratio", percent(result.byte_miss_ratio()));
  }
  return text;
}

}  // namespace

double CacheTraceResult::miss_ratio() const { return ratio(misses, requests); }
double CacheTraceResult::byte_miss_ratio() const { return ratio(byte_misses, bytes_requested); }

bool parse_cache_capacity(std::string_view text, CacheCapacity& capacity, Problems& problems) {
  const Path path("--capacity");
  constexpr std::int64_t entries_max = 1'000'000'000;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    if (number < 1 || number > entries_max) {
      problems.add(path, fmt::format("expected 1 to {} entries, got {}", entries_max, text));
      return false;
    }
    capacity = {number, CacheCapacity::Unit::entries};
    return true;
  }
  std::string what;
  const auto bytes = sim::parse_bytes(text, what);
  if (!bytes) {
    problems.add(path,
                 fmt::format("expected a number of entries or an amount of data, got \"{}\"", text),
                 "such as 20000 or 64MiB");
    return false;
  }
  if (bytes->count < 1 || bytes->count > CacheCapacity::amount_max) {
    problems.add(path, fmt::format("expected 1 to 2^60 bytes, got {}", text));
    return false;
  }
  capacity = {bytes->count, CacheCapacity::Unit::bytes};
  return true;
}

std::string to_text(const CacheCapacity& capacity) {
  if (capacity.unit == CacheCapacity::Unit::entries) return fmt::format("{}", capacity.amount);
  return sim::to_text(sim::Bytes{capacity.amount});
}

std::vector<CacheTraceResult> run_cache_trace(const CacheTraceOptions& options,
                                              Problems& problems) {
  CacheCapacity capacity;
  const bool capacity_is_good = parse_cache_capacity(options.capacity, capacity, problems);
  const std::vector<ChosenPolicy> policies = choose_policies(options.policies, problems);
  const sim::Choice<CacheAdmission> admission =
      choose_admission(options.admission, policies, problems);
  if (!capacity_is_good || !problems.empty()) return {};
  const std::unique_ptr<TraceReader> reader =
      TraceReader::open(options.file, options.format, problems);
  if (!reader) return {};
  if (capacity.unit == CacheCapacity::Unit::bytes && !reader->has_sizes()) {
    problems.add(
        Path("--capacity"),
        fmt::format("a capacity in bytes needs the objects' sizes, and {} has none", options.file),
        "give a number of entries, or a trace with sizes");
    return {};
  }
  Run run(options, *reader);
  for (const ChosenPolicy& policy : policies) run.add(policy, admission, capacity);
  if (!run.go(problems)) return {};
  return run.results();
}

std::string cache_trace_table(const std::vector<CacheTraceResult>& results) {
  if (results.empty()) return {};
  const CacheTraceResult& first = results.front();
  if (results.size() == 1) return list_of(first) + (first.cut_short ? "cut short\n" : "");
  std::string text =
      fmt::format("{} requests, {} distinct keys, capacity {}{}\n", first.requests,
                  first.distinct_keys, to_text(first.capacity),
                  first.capacity.unit == CacheCapacity::Unit::entries ? " entries" : "");
  text += fmt::format("{:<24}{:>13}{:>13}{:>12}", "policy", "hits", "misses", "miss ratio");
  text += first.has_sizes ? fmt::format("{:>17}\n", "byte miss ratio") : "\n";
  for (const CacheTraceResult& result : results) {
    text += fmt::format("{:<24}{:>13}{:>13}{:>12}", fitted(result.policy, 24), result.hits,
                        result.misses, percent(result.miss_ratio()));
    text += first.has_sizes ? fmt::format("{:>17}\n", percent(result.byte_miss_ratio())) : "\n";
  }
  if (first.cut_short) text += "cut short\n";
  return text;
}

nlohmann::json to_json(const CacheTraceResult& result) {
  const bool counts_bytes = result.capacity.unit == CacheCapacity::Unit::bytes;
  nlohmann::json json = {{"trace", result.trace},
                         {"format", std::string(to_text(result.format))},
                         {"policy", result.policy},
                         {"capacity", result.capacity.amount},
                         {"capacity_unit", counts_bytes ? "bytes" : "entries"},
                         {"requests", result.requests},
                         {"distinct_keys", result.distinct_keys},
                         {"hits", result.hits},
                         {"misses", result.misses},
                         {"miss_ratio", result.miss_ratio()},
                         {"bytes_requested", nullptr},
                         {"byte_misses", nullptr},
                         {"byte_miss_ratio", nullptr}};
  if (result.has_sizes) {
    json["bytes_requested"] = result.bytes_requested;
    json["byte_misses"] = result.byte_misses;
    json["byte_miss_ratio"] = result.byte_miss_ratio();
  }
  if (result.cut_short) json["cut_short"] = true;
  return json;
}

nlohmann::json to_json(const std::vector<CacheTraceResult>& results) {
  if (results.size() == 1) return to_json(results.front());
  nlohmann::json list = nlohmann::json::array();
  for (const CacheTraceResult& result : results) list.push_back(to_json(result));
  return {{"results", std::move(list)}};
}

}  // namespace faultline::models
