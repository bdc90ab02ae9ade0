#include "models/algorithms/storage/lsm_tree.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "models/algorithms/portable_powers.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr double ln2 = 0.69314718055994530942;

/// The inverse of an odd number modulo 2^64, by Newton's method.
constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t x = odd;
  for (int i = 0; i < 6; ++i) x *= 2 - odd * x;
  return x;
}

constexpr std::uint64_t undo_shift(std::uint64_t value, unsigned shift) {
  std::uint64_t result = value;
  for (unsigned done = shift; done < 64; done += shift) result = value ^ (result >> shift);
  return result;
}

/// The key that mix_key makes `mixed` of.
constexpr std::uint64_t unmix_key(std::uint64_t mixed) {
  std::uint64_t key = undo_shift(mixed, 31) * inverse(0x94d049bb133111ebu);
  key = undo_shift(key, 27) * inverse(0xbf58476d1ce4e5b9u);
  return undo_shift(key, 30);
}
static_assert(unmix_key(mix_key(0x123456789abcdefu)) == 0x123456789abcdefu);

/// e^exponent.
double exponential(double exponent) {
  return power_of_two(std::clamp(exponent / ln2, -1000.0, 1000.0));
}
double logarithm(double value) { return log_of_two(value) * ln2; }

}  // namespace

double bloom_false_positives(double bits_per_key) { return exponential(-bits_per_key * ln2 * ln2); }

LsmTree::LsmTree(const LsmShape& shape, const sim::Choice<EvictionPolicy>& eviction,
                 std::int64_t cache_blocks, RandomSource& random)
    : shape_(shape), cache_(eviction, cache_blocks, random), keys_alive_(shape.keys) {
  SIM_ASSERT(shape.record_bytes >= 1);
  SIM_ASSERT(shape.size_ratio >= 2);
  SIM_ASSERT(shape.memtables_max >= 2);
  SIM_ASSERT(shape.level0_stop >= shape.level0_runs);
  load();
  if (shape_.settled) settle();
  for (std::size_t level = 0; level < levels_.size(); ++level) measure(level);
}

LsmTree::~LsmTree() = default;

std::uint64_t LsmTree::position(std::uint64_t key) const {
  return shape_.order == KeyOrder::scattered ? mix_key(key) : key;
}

std::uint64_t LsmTree::key_at(std::uint64_t position) const {
  return shape_.order == KeyOrder::scattered ? unmix_key(position) : position;
}

double LsmTree::room(std::size_t level) const {
  return static_cast<double>(shape_.memtable_bytes) *
         power(shape_.size_ratio, static_cast<double>(level));
}

void LsmTree::add_level() {
  levels_.emplace_back();
  if (levels_.size() > 1 && shape_.compaction == Compaction::leveled) {
    levels_.back().runs.emplace_back();
  }
}

/// The loaded keys, in the first level that has room for them.
void LsmTree::load() {
  add_level();
  const double all = static_cast<double>(shape_.keys) * static_cast<double>(record());
  do add_level();
  while (room(levels_.size() - 1) < all);
  if (shape_.keys == 0) return;
  const std::uint64_t end = shape_.order == KeyOrder::scattered
                                ? std::numeric_limits<std::uint64_t>::max()
                                : shape_.keys - 1;
  File everything;
  everything.loaded = shape_.keys;
  everything.low = everything.loaded_low = 0;
  everything.high = everything.loaded_high = end;
  const std::vector<const File*> inputs{&everything};
  std::vector<Run>& runs = levels_.back().runs;
  if (runs.empty()) runs.emplace_back();
  runs.back() = merge(inputs);
}

void LsmTree::settle() {
  const std::size_t last = levels_.size() - 1;
  if (shape_.keys == 0) return;
  std::uint64_t offset = 0;
  for (std::size_t level = shape_.compaction == Compaction::leveled ? 1 : 0; level < last;
       ++level) {
    const auto copies = shape_.compaction == Compaction::leveled
                            ? std::size_t{1}
                            : static_cast<std::size_t>((shape_.size_ratio - 1) / 2);
    const auto entries = static_cast<std::uint64_t>(room(level) / static_cast<double>(record()));
    const std::uint64_t step =
        std::max<std::uint64_t>(1, shape_.keys / std::max<std::uint64_t>(1, entries));
    std::vector<Run> runs;
    for (std::size_t copy = 0; copy < copies; ++copy) {
      std::vector<std::uint64_t> positions;
      const std::uint64_t first = offset++ % step;
      for (std::uint64_t i = 0; i < entries && first + i * step < shape_.keys; ++i) {
        positions.push_back(position(first + i * step));
      }
      std::sort(positions.begin(), positions.end());
      runs.push_back(cut(std::move(positions)));
    }
    levels_[level].runs = std::move(runs);
  }
}

LsmTree::Run LsmTree::cut(std::vector<std::uint64_t> positions) {
  File all;
  all.positions = std::move(positions);
  const std::vector<const File*> inputs{&all};
  return merge(inputs);
}

LsmTree::Run LsmTree::merge(const std::vector<const File*>& inputs) {
  std::vector<const File*> stretches;
  std::vector<std::uint64_t> named;
  for (const File* file : inputs) {
    if (file->loaded > 0) stretches.push_back(file);
    const auto middle = static_cast<std::ptrdiff_t>(named.size());
    named.insert(named.end(), file->positions.begin(), file->positions.end());
    std::inplace_merge(named.begin(), named.begin() + middle, named.end());
  }
  named.erase(std::unique(named.begin(), named.end()), named.end());
  std::sort(stretches.begin(), stretches.end(),
            [](const File* a, const File* b) { return a->loaded_low < b->loaded_low; });
  const auto room =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, shape_.file_bytes / record()));

  Run output;
  File current;
  const auto close = [&] {
    if (current.entries() == 0) return;
    current.number = next_file_++;
    if (current.loaded > 0) {
      current.low = current.loaded_low;
      current.high = current.loaded_high;
    }
    if (!current.positions.empty()) {
      const bool only = current.loaded == 0;
      current.low =
          only ? current.positions.front() : std::min(current.low, current.positions.front());
      current.high =
          only ? current.positions.back() : std::max(current.high, current.positions.back());
    }
    output.push_back(std::move(current));
    current = File();
  };
  std::size_t next = 0;  // Of `named`.
  const auto take_named_before = [&](std::uint64_t end, bool inclusive) {
    while (next < named.size() && (named[next] < end || (inclusive && named[next] == end))) {
      if (current.entries() >= room) close();
      current.positions.push_back(named[next++]);
    }
  };
  for (const File* stretch : stretches) {
    take_named_before(stretch->loaded_low, false);
    if (current.loaded > 0 && current.loaded_high + 1 != stretch->loaded_low) close();
    std::uint64_t low = stretch->loaded_low;
    std::uint64_t left = stretch->loaded;
    while (left > 0) {
      if (current.entries() >= room) close();
      const std::uint64_t taken = std::min(left, room - current.entries());
      // The loaded keys are spread evenly, so a share of them takes a share of the positions.
      const Wide length = Wide{stretch->loaded_high} - low + 1;
      const auto high = taken == left
                            ? stretch->loaded_high
                            : static_cast<std::uint64_t>(low + (length * taken / left) - 1);
      if (current.loaded == 0) current.loaded_low = low;
      current.loaded += taken;
      current.loaded_high = high;
      left -= taken;
      // Named keys that are loaded ones are the same records, written again.
      while (next < named.size() && named[next] <= high) {
        if (key_at(named[next]) >= shape_.keys) current.positions.push_back(named[next]);
        ++next;
      }
      low = high + 1;
    }
  }
  take_named_before(std::numeric_limits<std::uint64_t>::max(), true);
  close();
  return output;
}

namespace {

/// The file of a run that may hold `position`; null if none does.
const LsmTree::File* file_for(const LsmTree::Run& run, std::uint64_t position) {
  const auto above =
      std::upper_bound(run.begin(), run.end(), position,
                       [](std::uint64_t at, const LsmTree::File& file) { return at < file.low; });
  if (above == run.begin()) return nullptr;
  const LsmTree::File& file = *std::prev(above);
  return position <= file.high ? &file : nullptr;
}

std::int64_t entries_of(const LsmTree::Run& run) {
  std::int64_t entries = 0;
  for (const LsmTree::File& file : run) entries += static_cast<std::int64_t>(file.entries());
  return entries;
}

}  // namespace

LsmTree::Lookup LsmTree::read(std::uint64_t key) {
  ++counts_.reads;
  Lookup lookup;
  const std::uint64_t at = position(key);
  const auto holds = [at](const Memtable& table) {
    return table.positions.find(at) != table.positions.end();
  };
  if (holds(active_) || std::any_of(full_.begin(), full_.end(), holds)) {
    ++counts_.memtable_hits;
    lookup.found = true;
    return lookup;
  }
  for (std::size_t level = 0; level < levels_.size() && !lookup.found; ++level) {
    const std::vector<Run>& runs = levels_[level].runs;
    for (std::size_t i = runs.size(); i-- > 0 && !lookup.found;) {
      if (const File* file = file_for(runs[i], at)) probe(*file, level, key, at, lookup);
    }
  }
  counts_.runs += static_cast<std::uint64_t>(lookup.runs);
  counts_.probes += static_cast<std::uint64_t>(lookup.probes);
  counts_.blocks_read += static_cast<std::uint64_t>(lookup.block_reads);
  return lookup;
}

void LsmTree::probe(const File& file, std::size_t level, std::uint64_t key, std::uint64_t at,
                    Lookup& lookup) {
  ++lookup.runs;
  const auto found = std::lower_bound(file.positions.begin(), file.positions.end(), at);
  const bool named = found != file.positions.end() && *found == at;
  const bool in_stretch = file.loaded > 0 && at >= file.loaded_low && at <= file.loaded_high;
  const bool holds = named || (in_stretch && key < shape_.keys);
  if (!holds) {
    // A filter gives the same answer whenever it is asked for the same key.
    const auto drawn = static_cast<double>(mix_key(at ^ mix_key(file.number)) >> 11) * 0x1.0p-53;
    if (drawn >= false_positive_rate(level)) return;
    ++counts_.false_positives;
  }
  ++lookup.probes;
  // The place of the key among the entries of the file gives its block.
  auto rank = static_cast<std::uint64_t>(found - file.positions.begin());
  if (file.loaded > 0 && at > file.loaded_low) {
    const Wide length = Wide{file.loaded_high} - file.loaded_low + 1;
    rank += in_stretch
                ? static_cast<std::uint64_t>(Wide{at - file.loaded_low} * file.loaded / length)
                : file.loaded;
  }
  const std::uint64_t block =
      rank * static_cast<std::uint64_t>(record()) / static_cast<std::uint64_t>(shape_.block_bytes);
  lookup.block_reads += cache_.read((file.number << 28) | block).reads;
  lookup.found = holds;
}

void LsmTree::measure(std::size_t index) {
  Level& level = levels_[index];
  std::int64_t entries = 0;
  for (const Run& run : level.runs) entries += entries_of(run);
  level.bytes = entries * record();
  level.false_positives = shape_.filter_bits > 0 ? bloom_false_positives(shape_.filter_bits) : 1;
  if (shape_.monkey && shape_.filter_bits > 0) share_filter_memory();
}

/// The rate of a run in proportion to its entries n_i, for the same memory in all: the sum of
/// n_i ln(1 / p_i) stays what it is with as many bits for each key. Runs whose rate would be above
/// 1 get no filter, and the others share its memory.
void LsmTree::share_filter_memory() {
  const auto run_size = [](const Level& level) {
    return static_cast<double>(level.bytes) /
           static_cast<double>(std::max<std::size_t>(1, level.runs.size()));
  };
  double all = 0;
  for (const Level& level : levels_) all += static_cast<double>(level.bytes);
  for (std::size_t filtered = levels_.size(); filtered > 0; --filtered) {
    double bytes = 0;
    double weighted = 0;
    double largest = 0;
    for (std::size_t i = 0; i < filtered; ++i) {
      if (levels_[i].bytes == 0) continue;
      const auto size = static_cast<double>(levels_[i].bytes);
      bytes += size;
      weighted += size * logarithm(run_size(levels_[i]));
      largest = std::max(largest, run_size(levels_[i]));
    }
    if (bytes == 0) return;
    const double exponent = -(shape_.filter_bits * ln2 * ln2 * all + weighted) / bytes;
    if (filtered > 1 && logarithm(largest) + exponent > 0) continue;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      Level& level = levels_[i];
      level.false_positives =
          i < filtered && level.bytes > 0
              ? std::min(1.0, exponential(logarithm(run_size(level)) + exponent))
              : 1;
    }
    return;
  }
}

LsmTree::Gate LsmTree::gate() const {
  const auto level0 = static_cast<std::int64_t>(levels_[0].runs.size());
  if (level0 >= shape_.level0_stop) return Gate::stopped;
  if (active_.writes * record() >= shape_.memtable_bytes) return Gate::stopped;
  return level0 >= shape_.level0_slowdown ? Gate::slow : Gate::open;
}

bool LsmTree::write(std::uint64_t key) {
  SIM_ASSERT(gate() != Gate::stopped);
  ++counts_.writes;
  if (key >= shape_.keys && inserted_.insert(key).second) ++keys_alive_;
  active_.positions.insert(position(key));
  ++active_.writes;
  if (active_.writes * record() < shape_.memtable_bytes) return false;
  if (full_memtables() + 1 >= shape_.memtables_max) return false;
  return rotate();
}

bool LsmTree::rotate() {
  if (active_.writes == 0) return false;
  full_.push_back(std::move(active_));
  active_ = Memtable();
  return true;
}

std::optional<LsmTree::Job> LsmTree::start_flush() {
  if (flushing_ || full_.empty()) return std::nullopt;
  flushing_ = true;
  std::vector<std::uint64_t> positions(full_.front().positions.begin(),
                                       full_.front().positions.end());
  std::sort(positions.begin(), positions.end());
  Job job;
  job.is_flush = true;
  job.output = std::make_shared<const Run>(cut(std::move(positions)));
  job.bytes_written = entries_of(*job.output) * record();
  return job;
}

LsmTree::Job LsmTree::job_of(std::size_t from, std::size_t to,
                             const std::vector<const File*>& inputs) {
  Job job;
  job.from = from;
  job.to = to;
  for (const File* file : inputs) {
    job.inputs.push_back(file->number);
    job.bytes_read += static_cast<std::int64_t>(file->entries()) * record();
  }
  job.output = std::make_shared<const Run>(merge(inputs));
  job.bytes_written = entries_of(*job.output) * record();
  std::sort(job.inputs.begin(), job.inputs.end());
  levels_[from].busy = levels_[to].busy = true;
  return job;
}

std::optional<LsmTree::Job> LsmTree::start_compaction() {
  if (shape_.compaction == Compaction::tiered) {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (auto job = compact_tier(level)) return job;
    }
    return std::nullopt;
  }
  // The level that is most above its room first.
  std::size_t worst = 0;
  double worst_score = 0;
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    if (levels_[level].busy) continue;
    if (level + 1 < levels_.size() && levels_[level + 1].busy) continue;
    const double score = level == 0 ? static_cast<double>(levels_[0].runs.size()) /
                                          static_cast<double>(shape_.level0_runs)
                                    : static_cast<double>(bytes(level)) / room(level);
    if (score <= worst_score) continue;
    worst = level;
    worst_score = score;
  }
  if (worst == 0 && worst_score >= 1) return compact_level0();
  if (worst > 0 && worst_score > 1) return compact_file(worst);
  return std::nullopt;
}

namespace {

/// Files of `run` that overlap positions from `low` to `high`.
void add_overlapping(const LsmTree::Run& run, std::uint64_t low, std::uint64_t high,
                     std::vector<const LsmTree::File*>& out) {
  auto file = std::lower_bound(
      run.begin(), run.end(), low,
      [](const LsmTree::File& each, std::uint64_t position) { return each.high < position; });
  for (; file != run.end() && file->low <= high; ++file) out.push_back(&*file);
}

}  // namespace

std::optional<LsmTree::Job> LsmTree::compact_level0() {
  std::vector<const File*> inputs;
  std::uint64_t low = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t high = 0;
  for (const Run& run : levels_[0].runs) {
    for (const File& file : run) {
      inputs.push_back(&file);
      low = std::min(low, file.low);
      high = std::max(high, file.high);
    }
  }
  add_overlapping(levels_[1].runs.front(), low, high, inputs);
  Job job = job_of(0, 1, inputs);
  job.runs = levels_[0].runs.size();
  return job;
}

std::optional<LsmTree::Job> LsmTree::compact_file(std::size_t level) {
  Level& from = levels_[level];
  const Run& run = from.runs.front();
  auto chosen = std::find_if(run.begin(), run.end(),
                             [&](const File& file) { return file.low >= from.cursor; });
  if (chosen == run.end()) chosen = run.begin();
  from.cursor = chosen->high == std::numeric_limits<std::uint64_t>::max() ? 0 : chosen->high + 1;
  const std::uint64_t number = chosen->number;
  if (level + 1 == levels_.size()) add_level();  // `from` and `run` may have moved with the levels.
  const Run& files = levels_[level].runs.front();
  std::vector<const File*> inputs{&*std::find_if(
      files.begin(), files.end(), [number](const File& file) { return file.number == number; })};
  add_overlapping(levels_[level + 1].runs.front(), inputs[0]->low, inputs[0]->high, inputs);
  if (inputs.size() > 1) return job_of(level, level + 1, inputs);
  Job job;
  job.from = level;
  job.to = level + 1;
  job.inputs = {inputs[0]->number};
  job.output = std::make_shared<const Run>(Run{*inputs[0]});
  levels_[level].busy = levels_[level + 1].busy = true;
  return job;
}

std::optional<LsmTree::Job> LsmTree::compact_tier(std::size_t level) {
  const Level& tier = levels_[level];
  if (tier.busy || static_cast<double>(tier.runs.size()) < shape_.size_ratio) return std::nullopt;
  if (level + 1 < levels_.size() && levels_[level + 1].busy) return std::nullopt;
  if (level + 1 == levels_.size()) add_level();
  std::vector<const File*> inputs;
  for (const Run& run : levels_[level].runs) {
    for (const File& file : run) inputs.push_back(&file);
  }
  const std::size_t runs = levels_[level].runs.size();
  Job job = job_of(level, level + 1, inputs);
  job.runs = runs;
  // What is too small for the next level, because most of it was the same keys, stays.
  if (static_cast<double>(job.bytes_written) <= room(level)) {
    levels_[level + 1].busy = false;
    job.to = level;
  }
  return job;
}

void LsmTree::finish(const Job& job) {
  if (job.is_flush) {
    SIM_ASSERT(flushing_);
    flushing_ = false;
    full_.pop_front();
    counts_.bytes_flushed += static_cast<std::uint64_t>(job.bytes_written);
    levels_[0].runs.push_back(*job.output);
    // A writer may have filled its memtable while there was no room for another one.
    if (active_.writes * record() >= shape_.memtable_bytes) rotate();
    measure(0);
    return;
  }
  ++counts_.compactions;
  if (job.bytes_written == 0) ++counts_.moves;
  counts_.compaction_bytes_read += static_cast<std::uint64_t>(job.bytes_read);
  counts_.compaction_bytes_written += static_cast<std::uint64_t>(job.bytes_written);
  Level& from = levels_[job.from];
  Level& to = levels_[job.to];
  from.busy = to.busy = false;
  if (shape_.compaction == Compaction::tiered) {
    from.runs.erase(from.runs.begin(), from.runs.begin() + static_cast<std::ptrdiff_t>(job.runs));
    // Newer than all that is there when it goes down, older when it stays.
    to.runs.insert(job.to == job.from ? to.runs.begin() : to.runs.end(), *job.output);
    measure(job.from);
    measure(job.to);
    return;
  }
  const auto is_input = [&job](const File& file) {
    return std::binary_search(job.inputs.begin(), job.inputs.end(), file.number);
  };
  if (job.from == 0) {
    from.runs.erase(from.runs.begin(), from.runs.begin() + static_cast<std::ptrdiff_t>(job.runs));
  } else {
    Run& run = from.runs.front();
    run.erase(std::remove_if(run.begin(), run.end(), is_input), run.end());
  }
  Run& below = to.runs.front();
  below.erase(std::remove_if(below.begin(), below.end(), is_input), below.end());
  // The output takes the place of the inputs: no other file reaches into it.
  const std::uint64_t low = job.output->front().low;
  const auto place =
      std::find_if(below.begin(), below.end(), [low](const File& file) { return file.low > low; });
  below.insert(place, job.output->begin(), job.output->end());
  measure(job.from);
  measure(job.to);
}

void LsmTree::crash() {
  flushing_ = false;
  for (Level& level : levels_) level.busy = false;
  cache_.clear();
}

void LsmTree::warm_up() {
  const Counts before = counts_;
  const std::uint64_t per_block =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, shape_.block_bytes / record()));
  const std::uint64_t keys = static_cast<std::uint64_t>(cache_.capacity()) *
                             (shape_.order == KeyOrder::in_order ? per_block : 1);
  for (std::uint64_t key = std::min(keys, shape_.keys); key-- > 0;) read(key);
  counts_ = before;
}

std::size_t LsmTree::runs() const {
  std::size_t all = 0;
  for (const Level& level : levels_) {
    for (const Run& run : level.runs) all += run.empty() ? 0 : 1;
  }
  return all;
}

std::int64_t LsmTree::bytes() const {
  std::int64_t all = 0;
  for (std::size_t level = 0; level < levels_.size(); ++level) all += bytes(level);
  return all;
}

double LsmTree::space_amplification() const {
  const auto alive = static_cast<double>(std::max<std::uint64_t>(1, keys_alive_));
  return static_cast<double>(bytes()) / (alive * static_cast<double>(record()));
}

}  // namespace faultline::models
