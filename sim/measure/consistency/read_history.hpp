/// Histories of single-object operations from files, and into them.
///
/// What differs between the formats is what a failed operation means. In the log of Jepsen's etcd
/// test a compare-and-set that failed is an observation (something else was there), and a read that
/// failed tells nothing; in the others `fail` means that it certainly did not happen. `info`, or no
/// answer at all: it may have taken effect at any later time, or never. A register whose initial
/// value is not nil, and to which nobody writes nil, never holds it: a read that says nil does not
/// tell what it found (as in Knossos). The order of lines is the order of time. Where a session
/// begins an operation before its last one was answered, the file is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/measure/consistency/history.hpp"
#include "sim/measure/consistency/object.hpp"
#include "sim/param/problem.hpp"

namespace faultline::sim::consistency {

enum class HistoryFormat : std::uint8_t {
  /// `INFO  jepsen.util - 0  :invoke  :cas  [1 2]`: process, type, function, value. Other lines are
  /// passed over. Source: porcupine's test data (https://github.com/anishathalye/porcupine).
  jepsen_log,
  /// A JSON object a line (or one array of them): {"process": 0, "type": "invoke", "f": "read",
  /// "value": null, "key": "x"}; `key` may be missing. Lines of the process "nemesis" are passed
  /// over. If every line has an `index`, that is the order.
  jepsen_json,
  /// The same in EDN: Jepsen's history.edn.
  jepsen_edn,
  /// The same in EDN with get, put and append of texts. Source: porcupine, as above.
  porcupine_kv,
  /// Our own: a JSON object a line, the first {"format": "faultline_history", "version": 1,
  /// "clock": "nanoseconds", "initial": null}, each other one operation: {"session": "alice",
  /// "kind": "write", "key": "x", "value": 1, "invoked": 10, "completed": 25, "outcome": "ok"}.
  /// `kind` is read, write, cas (`value` [expected, new]), differs, add, append, enqueue, dequeue
  /// or transfer; `completed` and `node` may be missing, and `outcome`: it is ok then, or unknown
  /// if there is no `completed`.
  faultline,
};
std::string_view to_text(HistoryFormat format);
std::optional<HistoryFormat> history_format_of(std::string_view name);
std::vector<std::string> history_format_names();

/// What the first lines look like; nothing if like none of these. (Formats with transactions look
/// like none.)
std::optional<HistoryFormat> detect_format(std::string_view text);

/// The history in `text`, each operation of which fits `model`. `initial`: what every key holds at
/// first, as JSON or a plain word (`0`, `nil`, `{"0": 100}`); without it what the file says, or
/// nil. Nothing, and problems with "line N" as their path, if the text is not that.
std::optional<History> read_history(std::string_view text, HistoryFormat format, Model model,
                                    const std::optional<std::string>& initial, Problems& problems);

/// The history in our own format.
std::string history_text(const History& history);

}  // namespace faultline::sim::consistency
