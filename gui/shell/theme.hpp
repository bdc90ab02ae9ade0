/// The colours and fonts of the window, light and dark: Okabe and Ito's palette, which people with
/// colour-blindness can tell apart. A colour is never the only sign: a text or a shape stands by
/// it. Source: Okabe and Ito, "Color Universal Design", 2008.
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

namespace faultline::gui {

class Theme : public QObject {
  Q_OBJECT
 public:
  enum class Mode { system, light, dark };
  Q_ENUM(Mode)
  static Theme& instance();

  void setMode(
      Mode mode);  ///< Sets palette and style sheet of the application, and emits changed().
  Mode mode() const { return mode_; }
  bool isDark() const { return dark_; }

  // Surfaces and text.
  QColor window() const;   ///< Behind the docks.
  QColor surface() const;  ///< Panels, cards.
  QColor canvas() const;   ///< The ground of the canvas.
  QColor raised() const;   ///< Fields, buttons.
  QColor border() const;
  QColor grid() const;  ///< Lines of charts and canvas.
  QColor text() const;
  QColor mutedText() const;
  QColor accent() const;    ///< Selection, the cursor of time.
  QColor onAccent() const;  ///< Text on a filled accent or signal colour.

  // Meanings.
  QColor good() const;       ///< Bluish green.
  QColor warning() const;    ///< Orange.
  QColor bad() const;        ///< Vermillion.
  QColor info() const;       ///< Blue.
  QColor faultBand() const;  ///< Translucent, behind charts.
  QColor breachBand() const;
  /// The colour of the n-th series of a chart; they repeat after seven.
  QColor series(int index) const;
  /// Of a load of 0 to 1: good, warning above 0.7, bad above 0.9.
  QColor load(double utilization) const;

  QFont font() const;  ///< Of the application.
  QFont smallFont() const;
  QFont boldFont() const;
  QFont monospace() const;

 Q_SIGNALS:
  void changed();

 private:
  Theme();
  void apply();
  Mode mode_ = Mode::system;
  bool dark_ = false;
};

/// An icon of gui/icons by name ("run", "pause", ...) in the colour of the text, or of `color`; it
/// follows the screen's resolution.
QIcon themedIcon(const QString& name, const QColor& color = {});

}  // namespace faultline::gui
