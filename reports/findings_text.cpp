#include "reports/findings_text.hpp"

#include <cctype>

#include "reports/phrases.hpp"

namespace faultline::reports {

std::string finding_kind_text(const std::string& kind, Language language) {
  if (kind == "deadlock") return phrase(language, Phrase::finding_deadlock);
  if (kind == "lost_update") return phrase(language, Phrase::finding_lost_update);
  std::string words = kind;
  for (char& c : words) c = c == '_' ? ' ' : c;
  if (!words.empty())
    words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
  return words;
}

std::string finding_part_text(const sim::Finding& finding, std::size_t index, Language language) {
  const sim::FindingPart& part = finding.parts[index];
  const std::string since = time_text(part.since_seconds, language);
  if (finding.kind == "lost_update") {
    const Phrase which = index == 0 ? Phrase::finding_overwrites : Phrase::finding_overwritten;
    return phrase(language, which, part.process, part.has, since);
  }
  if (part.wants.empty())
    return phrase(language, Phrase::finding_has, part.process, part.has, since);
  if (part.has.empty())
    return phrase(language, Phrase::finding_waits, part.process, part.wants, since);
  return phrase(language, Phrase::finding_holds_and_waits, part.process, part.has, part.wants,
                since);
}

}  // namespace faultline::reports
