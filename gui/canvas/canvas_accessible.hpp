/// What assistive technology sees of the canvas: a list of the nodes, with what each is and how it
/// does, which can be chosen and opened.
#pragma once

namespace faultline::gui {

/// Makes the canvas known to QAccessible. Any number of times.
void installCanvasAccessibility();

}  // namespace faultline::gui
