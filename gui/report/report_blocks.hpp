/// The parts of which a report on paper is made: each is painted in one piece, or torn where a page
/// ends. Lengths are in units of 1/96 inch.
#pragma once

#include <memory>
#include <QColor>
#include <QFont>
#include <QFontMetricsF>
#include <QString>
#include <vector>

#include "gui/report/report_page.hpp"

class QPainter;
class QRectF;

namespace faultline::gui::page {

inline constexpr double gap = 10;
inline constexpr double card_padding = 9;

inline const QColor ink("#17202e");
inline const QColor soft("#55617a");
inline const QColor line("#dbe0e8");
inline const QColor good("#00694d");
inline const QColor bad("#b84c00");

QFont fontOf(double pixels, bool bold = false, const QString& family = {});
/// How `text` breaks in `width`: at words, and inside of them only where one is wider than that.
int wrapping(const QFontMetricsF& metrics, const QString& text, double width);

/// What is painted in one piece.
class Block {
 public:
  virtual ~Block() = default;
  virtual double height(double width) = 0;
  virtual void paint(QPainter& painter, const QRectF& rect) = 0;
  /// How much of it a page must have room for, if it is to begin there.
  virtual double least(double width) { return height(width); }
  /// As much as fits into `room` is painted and taken away from it, at least something; false if
  /// nothing is left. Only of those that may be torn.
  virtual bool mayBeTorn() const { return false; }
  virtual double paintPart(QPainter&, const QRectF&) { return 0; }
  virtual bool isDone() const { return true; }
  bool keepWithNext = false;
};

using Blocks = std::vector<std::unique_ptr<Block>>;

std::unique_ptr<Block> textBlock(const QString& text, const QFont& font, const QColor& color,
                                 double below = 4);
/// What follows each other, each with a dot before it.
std::unique_ptr<Block> listBlock(const PageElement& list);
std::unique_ptr<Block> pillsBlock(const PageElement& list);
std::unique_ptr<Block> tilesBlock(const PageElement& list);
std::unique_ptr<Block> svgBlock(const PageElement& svg);
std::unique_ptr<Block> legendBlock(const PageElement& legend);
std::unique_ptr<Block> tableBlock(const PageElement& table);
std::unique_ptr<Block> factsBlock(const PageElement& list);
std::unique_ptr<Block> codeBlock(const QString& text);

}  // namespace faultline::gui::page
