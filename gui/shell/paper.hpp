/// Colours for paper.
#pragma once

namespace faultline::gui {

/// While one lives, Theme gives the colours of the light look, whatever is on the screen: paper is
/// always light. Nothing on the screen changes, as long as it is not painted meanwhile.
class PaperColours {
 public:
  PaperColours();
  ~PaperColours();
  PaperColours(const PaperColours&) = delete;
  PaperColours& operator=(const PaperColours&) = delete;
  static bool active();
};

}  // namespace faultline::gui
