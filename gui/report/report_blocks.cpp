#include "gui/report/report_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>

namespace faultline::gui::page {

QFont fontOf(double pixels, bool bold, const QString& family) {
  QFont font(family.isEmpty() ? QStringLiteral("DejaVu Sans") : family);
  font.setStyleHint(family.isEmpty() ? QFont::SansSerif : QFont::Monospace);
  font.setHintingPreference(QFont::PreferNoHinting);
  // Pixel sizes are whole numbers: fractions go through the point size of a device of 96 dpi.
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(pixels))));
  font.setBold(bold);
  return font;
}

int wrapping(const QFontMetricsF& metrics, const QString& text, double width) {
  for (const QString& word : text.split(QRegularExpression("\\s"), Qt::SkipEmptyParts)) {
    if (metrics.horizontalAdvance(word) > width) {
      return Qt::AlignLeft | Qt::TextWordWrap | Qt::TextWrapAnywhere;
    }
  }
  return Qt::AlignLeft | Qt::TextWordWrap;
}

namespace {

class TextBlock final : public Block {
 public:
  TextBlock(QString text, QFont font, QColor color, double below = 4)
      : text_(std::move(text)), font_(std::move(font)), color_(color), below_(below) {}

  double height(double width) override {
    const QFontMetricsF metrics(font_);
    return metrics.boundingRect(QRectF(0, 0, width, 1e6), wrapping(metrics, text_, width), text_)
               .height() +
           below_;
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    painter.setFont(font_);
    painter.setPen(color_);
    painter.drawText(rect, wrapping(QFontMetricsF(font_), text_, rect.width()), text_);
  }

 private:
  QString text_;
  QFont font_;
  QColor color_;
  double below_;
};

/// Sentences below each other, each with a dot before it.
class ListBlock final : public Block {
 public:
  explicit ListBlock(const PageElement& list) {
    for (const PageElement& item : list.children) {
      if (item.tag == "li") items_ << item.allText().simplified();
    }
  }
  double height(double width) override { return arrange(nullptr, QRectF(0, 0, width, 0)); }
  void paint(QPainter& painter, const QRectF& rect) override { arrange(&painter, rect); }

 private:
  double arrange(QPainter* painter, const QRectF& rect) const {
    constexpr double indent = 14;
    const QFont font = fontOf(12);
    const QFontMetricsF metrics(font);
    const double width = rect.width() - indent;
    double y = rect.top();
    for (const QString& item : items_) {
      const int flags = wrapping(metrics, item, width);
      const double tall = metrics.boundingRect(QRectF(0, 0, width, 1e6), flags, item).height();
      if (painter != nullptr) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(soft);
        painter->drawEllipse(QPointF(rect.left() + 5, y + metrics.height() / 2), 1.8, 1.8);
        painter->setFont(font);
        painter->setPen(ink);
        painter->drawText(QRectF(rect.left() + indent, y, width, tall + 2), flags, item);
      }
      y += tall + 2;
    }
    return y - rect.top() + 6;
  }
  QStringList items_;
};

/// Words in rounded frames.
class PillsBlock final : public Block {
 public:
  explicit PillsBlock(const PageElement& list) {
    for (const PageElement& item : list.children) {
      if (item.tag == "li") pills_.emplace_back(item.allText(), item.hasClass("pill-bad"));
    }
  }
  double height(double width) override { return arrange(nullptr, QRectF(0, 0, width, 0)) + 6; }
  void paint(QPainter& painter, const QRectF& rect) override { arrange(&painter, rect); }

 private:
  double arrange(QPainter* painter, const QRectF& rect) const {
    const QFont font = fontOf(12, true);
    const QFontMetricsF metrics(font);
    const double room = rect.width() - 22;  // Of the words of one that takes a whole row.
    double x = rect.left();
    double y = rect.top() + 4;
    double row = 0;  // How tall the row is.
    for (const auto& [text, is_bad] : pills_) {
      const double wide = std::min(metrics.horizontalAdvance(text) + 22, rect.width());
      const int flags = Qt::AlignCenter | (wrapping(metrics, text, room) & Qt::TextWrapAnywhere) |
                        Qt::TextWordWrap;
      const double tall =
          wide < rect.width()
              ? metrics.height() + 6
              : metrics.boundingRect(QRectF(0, 0, room, 1e6), flags, text).height() + 6;
      if (x > rect.left() && x + wide > rect.right()) {
        x = rect.left();
        y += row + 5;
        row = 0;
      }
      row = std::max(row, tall);
      if (painter != nullptr) {
        const QRectF pill(x, y, wide, tall);
        const double round = (metrics.height() + 6) / 2;
        painter->setPen(QPen(is_bad ? bad : line, 1));
        painter->setBrush(is_bad ? QBrush(bad) : QBrush(Qt::NoBrush));
        painter->drawRoundedRect(pill, round, round);
        painter->setPen(is_bad ? QColor(Qt::white) : good);
        painter->setFont(font);
        // A little wider than the words, so that rounding breaks no line.
        painter->drawText(
            wide < rect.width() ? pill.adjusted(2, 0, -2, 0) : pill.adjusted(11, 0, -11, 0), flags,
            text);
      }
      x += wide + 6;
    }
    return y + row - rect.top();
  }
  std::vector<std::pair<QString, bool>> pills_;
};

/// Large numbers with their names, three or four beside each other.
class TilesBlock final : public Block {
 public:
  explicit TilesBlock(const PageElement& list) {
    for (const PageElement& tile : list.children) {
      if (tile.tag != "div") continue;
      Tile made;
      for (const PageElement& part : tile.children) {
        if (part.tag == "dt") made.name = part.allText();
        if (part.tag == "dd" && !part.hasClass("sub")) made.value = part.allText();
        if (part.tag == "dd" && part.hasClass("sub")) made.sub = part.allText();
      }
      tiles_.push_back(made);
    }
  }
  double height(double width) override { return arrange(nullptr, QRectF(0, 0, width, 0)); }
  void paint(QPainter& painter, const QRectF& rect) override { arrange(&painter, rect); }

 private:
  static constexpr std::size_t columns = 3;
  static constexpr double tile_height = 66;  ///< At least.
  struct Tile {
    QString name;
    QString value;
    QString sub;
  };
  /// Words that are too long for the line go on below it: nothing of a number may be cut off.
  static double words(QPainter* painter, const QString& text, const QFont& font,
                      const QColor& color, double left, double top, double width) {
    if (text.isEmpty()) return 0;
    const QFontMetricsF metrics(font);
    const int flags = wrapping(metrics, text, width);
    const double tall = metrics.boundingRect(QRectF(0, 0, width, 1e6), flags, text).height();
    if (painter != nullptr) {
      painter->setFont(font);
      painter->setPen(color);
      painter->drawText(QRectF(left, top, width, tall + 2), flags, text);
    }
    return tall;
  }
  static double one(QPainter* painter, const Tile& tile, double left, double top, double width) {
    double y = top + 6;
    y += words(painter, tile.name, fontOf(11), soft, left + 10, y, width - 18) + 1;
    y += words(painter, tile.value, fontOf(tile.value.size() > 14 ? 14 : 19, true), ink, left + 10,
               y, width - 18) +
         1;
    y += words(painter, tile.sub, fontOf(10.5), soft, left + 10, y, width - 18);
    return y + 6 - top;
  }
  double arrange(QPainter* painter, const QRectF& rect) const {
    const double width = (rect.width() - gap * (columns - 1)) / columns;
    double y = rect.top();
    for (std::size_t first = 0; first < tiles_.size(); first += columns) {
      const std::size_t end = std::min(first + columns, tiles_.size());
      double tall = tile_height;
      for (std::size_t i = first; i < end; ++i) {
        tall = std::max(tall, one(nullptr, tiles_[i], 0, 0, width));
      }
      for (std::size_t i = first; painter != nullptr && i < end; ++i) {
        const double left = rect.left() + static_cast<double>(i - first) * (width + gap);
        painter->setPen(QPen(line, 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(left, y, width, tall), 4, 4);
        one(painter, tiles_[i], left, y, width);
      }
      y += tall + gap;
    }
    return y - rect.top();
  }
  std::vector<Tile> tiles_;
};

/// A picture of the page.
class SvgBlock final : public Block {
 public:
  explicit SvgBlock(const PageElement& svg) : renderer_(standaloneSvg(svg)) {
    const QRectF box = renderer_.viewBoxF();
    ratio_ = box.width() > 0 ? box.height() / box.width() : 0.3;
    natural_ = box.width();
  }
  double height(double width) override { return shown(width) * ratio_ + 2; }
  void paint(QPainter& painter, const QRectF& rect) override {
    const double width = shown(rect.width());
    renderer_.render(&painter, QRectF(rect.left() + (rect.width() - width) / 2, rect.top(), width,
                                      width * ratio_));
  }

 private:
  double shown(double width) const { return std::min(width, natural_ * 1.2); }
  QSvgRenderer renderer_;
  double ratio_ = 0.3;
  double natural_ = 400;
};

/// Strokes and patches with their words.
class LegendBlock final : public Block {
 public:
  explicit LegendBlock(const PageElement& legend) {
    for (const PageElement& item : legend.children) {
      if (item.tag != "span") continue;
      Entry entry;
      if (const PageElement* svg = item.child("svg")) {
        entry.sample = std::make_unique<QSvgRenderer>(standaloneSvg(*svg));
      }
      entry.text = item.allText();
      entries_.push_back(std::move(entry));
    }
  }
  double height(double width) override { return arrange(nullptr, QRectF(0, 0, width, 0)) + 4; }
  void paint(QPainter& painter, const QRectF& rect) override { arrange(&painter, rect); }

 private:
  double arrange(QPainter* painter, const QRectF& rect) {
    const QFont font = fontOf(11);
    const QFontMetricsF metrics(font);
    double x = rect.left();
    double y = rect.top();
    for (Entry& entry : entries_) {
      const double wide = 28 + metrics.horizontalAdvance(entry.text) + 12;
      if (x > rect.left() && x + wide > rect.right()) {
        x = rect.left();
        y += metrics.height() + 1;
      }
      if (painter != nullptr) {
        if (entry.sample) {
          entry.sample->render(painter, QRectF(x, y + (metrics.height() - 10) / 2, 22, 10));
        }
        painter->setFont(font);
        painter->setPen(soft);
        painter->drawText(QPointF(x + 27, y + metrics.ascent()), entry.text);
      }
      x += wide;
    }
    return y + metrics.height() - rect.top();
  }
  struct Entry {
    std::unique_ptr<QSvgRenderer> sample;
    QString text;
  };
  std::vector<Entry> entries_;
};

/// Names and values in two columns.
class FactsBlock final : public Block {
 public:
  explicit FactsBlock(const PageElement& list) {
    for (const PageElement& part : list.children) {
      if (part.tag == "dt") facts_.emplace_back(part.allText(), QString());
      if (part.tag == "dd" && !facts_.empty()) facts_.back().second = part.allText();
    }
  }
  double height(double width) override { return arrange(nullptr, QRectF(0, 0, width, 0)); }
  void paint(QPainter& painter, const QRectF& rect) override { arrange(&painter, rect); }

 private:
  double arrange(QPainter* painter, const QRectF& rect) const {
    const QFont font = fontOf(12);
    const QFontMetricsF metrics(font);
    double names = 40;
    for (const auto& fact : facts_) names = std::max(names, metrics.horizontalAdvance(fact.first));
    names = std::min(names + 14, rect.width() * 0.45);
    double y = rect.top();
    for (const auto& [name, value] : facts_) {
      const double width = rect.width() - names;
      const int flags = wrapping(metrics, value, width);
      const double tall = std::max(
          metrics.boundingRect(QRectF(0, 0, width, 1e6), flags, value).height(),
          metrics.boundingRect(QRectF(0, 0, names - 8, 1e6), Qt::TextWordWrap, name).height());
      if (painter != nullptr) {
        painter->setFont(font);
        painter->setPen(soft);
        painter->drawText(QRectF(rect.left(), y, names - 8, tall + 2), Qt::TextWordWrap, name);
        painter->setPen(ink);
        painter->drawText(QRectF(rect.left() + names, y, width, tall + 2), flags, value);
      }
      y += tall + 3;
    }
    return y - rect.top() + 4;
  }
  std::vector<std::pair<QString, QString>> facts_;
};

/// The text of the scenario, line by line.
class CodeBlock final : public Block {
 public:
  explicit CodeBlock(const QString& text) : lines_(text.split('\n')) {
    while (!lines_.isEmpty() && lines_.last().trimmed().isEmpty()) lines_.removeLast();
    for (const QString& each : lines_) longest_ = std::max(longest_, each.size());
  }
  double height(double width) override {
    double sum = 0;
    for (qsizetype i = next_; i < lines_.size(); ++i) sum += lineHeight(lines_[i], width);
    return sum + 4;
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    QRectF all = rect;
    all.setHeight(1e6);
    paintPart(painter, all);
  }
  bool mayBeTorn() const override { return true; }
  double least(double width) override { return std::min(height(width), 60.0); }
  double paintPart(QPainter& painter, const QRectF& rect) override {
    painter.setFont(code(rect.width()));
    painter.setPen(ink);
    double y = rect.top();
    const qsizetype first = next_;
    while (next_ < lines_.size()) {
      const double tall = lineHeight(lines_[next_], rect.width());
      if (y + tall > rect.bottom() && next_ > first) break;
      painter.drawText(QRectF(rect.left(), y, rect.width(), tall + 1), flags, lines_[next_]);
      y += tall;
      ++next_;
    }
    return y - rect.top();
  }
  bool isDone() const override { return next_ >= lines_.size(); }

 private:
  static constexpr int flags = Qt::AlignLeft | Qt::TextWrapAnywhere;
  /// So large that no line need be broken, if that can be read.
  QFont code(double width) const {
    QFont font;
    for (int pixels = 10; pixels >= 8; --pixels) {
      font = fontOf(pixels, false, QStringLiteral("DejaVu Sans Mono"));
      const QFontMetricsF metrics(font);
      if (static_cast<double>(longest_) * metrics.horizontalAdvance('0') <= width) break;
    }
    return font;
  }
  double lineHeight(const QString& text, double width) const {
    const QFontMetricsF metrics(code(width));
    if (metrics.horizontalAdvance(text) <= width) return metrics.height();
    return metrics.boundingRect(QRectF(0, 0, width, 1e6), flags, text).height();
  }
  QStringList lines_;
  qsizetype longest_ = 0;  ///< In characters.
  qsizetype next_ = 0;
};

}  // namespace

std::unique_ptr<Block> textBlock(const QString& text, const QFont& font, const QColor& color,
                                 double below) {
  return std::make_unique<TextBlock>(text, font, color, below);
}

std::unique_ptr<Block> listBlock(const PageElement& list) {
  return std::make_unique<ListBlock>(list);
}

std::unique_ptr<Block> pillsBlock(const PageElement& list) {
  return std::make_unique<PillsBlock>(list);
}

std::unique_ptr<Block> tilesBlock(const PageElement& list) {
  return std::make_unique<TilesBlock>(list);
}

std::unique_ptr<Block> svgBlock(const PageElement& svg) { return std::make_unique<SvgBlock>(svg); }

std::unique_ptr<Block> legendBlock(const PageElement& legend) {
  return std::make_unique<LegendBlock>(legend);
}

std::unique_ptr<Block> factsBlock(const PageElement& list) {
  return std::make_unique<FactsBlock>(list);
}

std::unique_ptr<Block> codeBlock(const QString& text) { return std::make_unique<CodeBlock>(text); }

}  // namespace faultline::gui::page
