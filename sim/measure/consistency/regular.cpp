#include "sim/measure/consistency/regular.hpp"

#include <algorithm>

#include "sim/measure/consistency/object.hpp"

namespace faultline::sim::consistency {

namespace {

bool explains(const Operation& read, Value value) {
  return read.kind == Kind::differs ? value != read.value : value == *found_by(read);
}

}  // namespace

std::optional<std::vector<std::size_t>> irregular_read(
    const History& history, const std::vector<RankedOperation>& operations) {
  const auto operation = [&](std::size_t place) -> const Operation& {
    return history.operations[operations[place].index];
  };
  std::vector<std::size_t> by_end;  // Writes with an end.
  for (std::size_t place = 0; place < operations.size(); ++place) {
    if (written_by(operation(place)) && operations[place].completed()) by_end.push_back(place);
  }
  std::sort(by_end.begin(), by_end.end(),
            [&](std::size_t a, std::size_t b) { return operations[a].end < operations[b].end; });
  // Writes that no ended write hides yet are few: those that overlap each other.
  std::vector<std::size_t> alive;
  std::size_t next_write = 0;        // Of operations.
  std::size_t next_end = 0;          // Of by_end.
  std::optional<std::size_t> hider;  // Of the writes that have ended, the one that began last.
  std::vector<std::size_t> reads;
  for (std::size_t place = 0; place < operations.size(); ++place) {
    const Kind kind = operation(place).kind;
    if (kind != Kind::write && operations[place].completed()) reads.push_back(place);
  }
  for (const std::size_t read : reads) {  // By begin.
    for (; next_end < by_end.size() && operations[by_end[next_end]].end < operations[read].begin;
         ++next_end) {
      if (!hider || operations[*hider].begin < operations[by_end[next_end]].begin) {
        hider = by_end[next_end];
      }
    }
    for (; next_write < operations.size() && operations[next_write].begin < operations[read].begin;
         ++next_write) {
      if (written_by(operation(next_write))) alive.push_back(next_write);
    }
    if (hider) {
      std::erase_if(alive, [&](std::size_t write) {
        return operations[write].end < operations[*hider].begin;
      });
    }
    const auto is_explained_by = [&](std::size_t write) {
      return write != read && explains(operation(read), *written_by(operation(write)));
    };
    bool is_explained = (!hider && explains(operation(read), history.initial)) ||
                        std::any_of(alive.begin(), alive.end(), is_explained_by);
    for (std::size_t later = next_write; !is_explained && later < operations.size() &&
                                         operations[later].begin < operations[read].end;
         ++later) {
      is_explained = written_by(operation(later)) && is_explained_by(later);
    }
    if (is_explained) continue;
    std::vector<std::size_t> places{read};
    if (hider && *hider != read) places.push_back(*hider);
    for (std::size_t write = 0; write < operations.size(); ++write) {
      if (write == read || !written_by(operation(write))) continue;
      if (operation(read).kind != Kind::differs &&
          explains(operation(read), *written_by(operation(write)))) {
        places.push_back(write);
      }
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
  }
  return std::nullopt;
}

}  // namespace faultline::sim::consistency
