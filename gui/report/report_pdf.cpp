#include "gui/report/report_pdf.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <QFontMetricsF>
#include <QPagedPaintDevice>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>

#include "gui/charts/chart_panel.hpp"

namespace faultline::gui {
namespace {

constexpr double unit = 96;  ///< Units an inch, as on the page.
constexpr double footer_height = 22;
constexpr double gap = 10;
constexpr double card_padding = 9;

const QColor ink("#17202e");
const QColor soft("#55617a");
const QColor line("#dbe0e8");
const QColor good("#00694d");
const QColor bad("#b84c00");

QFont fontOf(double pixels, bool bold = false, const QString& family = {}) {
  QFont font(family.isEmpty() ? QStringLiteral("DejaVu Sans") : family);
  font.setStyleHint(family.isEmpty() ? QFont::SansSerif : QFont::Monospace);
  font.setHintingPreference(QFont::PreferNoHinting);
  // Pixel sizes are whole numbers: fractions go through the point size of a device of 96 dpi.
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(pixels))));
  font.setBold(bold);
  return font;
}

/// How `text` breaks in `width`: at words, and inside of them only where one is wider than that.
int wrapping(const QFontMetricsF& metrics, const QString& text, double width) {
  for (const QString& word : text.split(QRegularExpression("\\s"), Qt::SkipEmptyParts)) {
    if (metrics.horizontalAdvance(word) > width) {
      return Qt::AlignLeft | Qt::TextWordWrap | Qt::TextWrapAnywhere;
    }
  }
  return Qt::AlignLeft | Qt::TextWordWrap;
}

/// What is painted in one piece.
class Block {
 public:
  virtual ~Block() = default;
  virtual double height(double width) = 0;
  virtual void paint(QPainter& painter, const QRectF& rect) = 0;
  /// As much as fits into `room` is painted and taken away from it, at least something; false if
  /// nothing is left. Only of those that may be torn.
  virtual bool mayBeTorn() const { return false; }
  virtual double paintPart(QPainter&, const QRectF&) { return 0; }
  virtual bool isDone() const { return true; }
  bool keepWithNext = false;
};

using Blocks = std::vector<std::unique_ptr<Block>>;

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
    const double tall = metrics.height() + 6;
    double x = rect.left();
    double y = rect.top() + 4;
    for (const auto& [text, is_bad] : pills_) {
      const double wide = std::min(metrics.horizontalAdvance(text) + 22, rect.width());
      if (x > rect.left() && x + wide > rect.right()) {
        x = rect.left();
        y += tall + 5;
      }
      if (painter != nullptr) {
        const QRectF pill(x, y, wide, tall);
        painter->setPen(QPen(is_bad ? bad : line, 1));
        painter->setBrush(is_bad ? QBrush(bad) : QBrush(Qt::NoBrush));
        painter->drawRoundedRect(pill, tall / 2, tall / 2);
        painter->setPen(is_bad ? QColor(Qt::white) : good);
        painter->setFont(font);
        painter->drawText(pill, Qt::AlignCenter,
                          metrics.elidedText(text, Qt::ElideRight, wide - 12));
      }
      x += wide + 6;
    }
    return y + tall - rect.top();
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
  double height(double) override {
    const auto rows = (tiles_.size() + columns - 1) / columns;
    return static_cast<double>(rows) * (tile_height + gap);
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    const double width = (rect.width() - gap * (columns - 1)) / columns;
    for (std::size_t i = 0; i < tiles_.size(); ++i) {
      const QRectF tile(rect.left() + static_cast<double>(i % columns) * (width + gap),
                        rect.top() + static_cast<double>(i / columns) * (tile_height + gap), width,
                        tile_height);
      painter.setPen(QPen(line, 1));
      painter.setBrush(Qt::NoBrush);
      painter.drawRoundedRect(tile, 4, 4);
      const QRectF inner = tile.adjusted(10, 6, -8, -5);
      const auto draw = [&](const QString& text, const QFont& font, const QColor& color,
                            double top) {
        painter.setFont(font);
        painter.setPen(color);
        const QFontMetricsF metrics(font);
        painter.drawText(QRectF(inner.left(), top, inner.width(), metrics.height() + 2),
                         Qt::AlignLeft | Qt::AlignTop,
                         metrics.elidedText(text, Qt::ElideRight, inner.width()));
      };
      draw(tiles_[i].name, fontOf(11), soft, inner.top());
      draw(tiles_[i].value, fontOf(tiles_[i].value.size() > 14 ? 14 : 19, true), ink,
           inner.top() + 15);
      draw(tiles_[i].sub, fontOf(10.5), soft, inner.top() + 40);
    }
  }

 private:
  static constexpr std::size_t columns = 3;
  static constexpr double tile_height = 66;
  struct Tile {
    QString name;
    QString value;
    QString sub;
  };
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

/// A table whose head is repeated on each page.
class TableBlock final : public Block {
 public:
  explicit TableBlock(const PageElement& table) {
    if (const PageElement* caption = table.child("caption")) caption_ = caption->allText();
    for (const PageElement& part : table.children) {
      for (const PageElement& row : part.children) {
        if (row.tag != "tr") continue;
        std::vector<Cell> cells;
        for (const PageElement& cell : row.children) {
          if (cell.tag != "th" && cell.tag != "td") continue;
          Cell made;
          // What stands below each other on the page stands beside each other here.
          QStringList words;
          for (const PageElement& part_of_cell : cell.children) words << part_of_cell.allText();
          made.text = words.join(' ').simplified();
          made.head = part.tag == "thead";
          made.bold = cell.tag == "th" && !made.head;
          made.left = cell.hasClass("text") || cell.hasClass("name") || cell.hasClass("long");
          made.wraps = cell.hasClass("name") || cell.hasClass("long");
          made.bad =
              cell.hasClass("bad") || (cell.child("span") && cell.child("span")->hasClass("bad"));
          made.good = cell.hasClass("good");
          if (const PageElement* svg = cell.child("svg")) {
            made.meter = std::make_shared<QSvgRenderer>(standaloneSvg(*svg));
            made.meter_width = svg->attributes.value("width").toDouble();
          }
          const int span = cell.attributes.value("colspan", "1").toInt();
          cells.push_back(std::move(made));
          for (int i = 1; i < span; ++i) cells.emplace_back();
        }
        (part.tag == "thead" ? head_ : rows_).push_back(std::move(cells));
      }
    }
  }
  double height(double width) override {
    arrange(width);
    double sum = captionHeight(width);
    for (const auto& row : head_) sum += rowHeight(row) + 1;
    for (std::size_t i = next_; i < rows_.size(); ++i) sum += rowHeight(rows_[i]) + 1;
    return sum + 6;
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    QRectF all = rect;
    all.setHeight(1e6);
    paintPart(painter, all);
  }
  bool mayBeTorn() const override { return true; }
  double paintPart(QPainter& painter, const QRectF& rect) override {
    arrange(rect.width());
    double y = rect.top();
    if (next_ == 0 && !caption_.isEmpty()) {
      painter.setFont(fontOf(11));
      painter.setPen(soft);
      painter.drawText(QRectF(rect.left(), y, rect.width(), 1e4), Qt::AlignLeft | Qt::TextWordWrap,
                       caption_);
      y += captionHeight(rect.width());
    }
    for (const auto& row : head_) y += paintRow(painter, row, rect.left(), y);
    const std::size_t first = next_;
    while (next_ < rows_.size()) {
      const double tall = rowHeight(rows_[next_]);
      if (y + tall > rect.bottom() && next_ > first) break;
      y += paintRow(painter, rows_[next_], rect.left(), y);
      ++next_;
    }
    return y - rect.top();
  }
  bool isDone() const override { return next_ >= rows_.size(); }

 private:
  struct Cell {
    QString text;
    bool head = false;
    bool bold = false;
    bool left = false;
    bool wraps = false;
    bool bad = false;
    bool good = false;
    std::shared_ptr<QSvgRenderer> meter;
    double meter_width = 0;
  };
  using Row = std::vector<Cell>;

  QFont font(const Cell& cell) const { return fontOf(size_, cell.bold); }
  double natural(const Cell& cell) const {
    const double meter = cell.meter ? cell.meter_width * size_ / 12 + 5 : 0;
    if (cell.head) {
      // Heads wrap at words.
      double widest = 0;
      for (const QString& word : cell.text.split(' ')) {
        widest = std::max(widest, QFontMetricsF(font(cell)).horizontalAdvance(word));
      }
      return widest + 9;
    }
    return QFontMetricsF(font(cell)).horizontalAdvance(cell.text) + meter + 9;
  }
  void arrange(double width) {
    if (arranged_ == width) return;
    arranged_ = width;
    for (size_ = 12; size_ >= 7; size_ -= 1) {
      widths_.clear();
      std::vector<bool> wraps;
      std::vector<double> least;
      const auto measure = [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
          if (i >= widths_.size()) {
            widths_.push_back(20);
            wraps.push_back(false);
            least.push_back(20);
          }
          widths_[i] = std::max(widths_[i], natural(row[i]));
          if (row[i].wraps) {
            wraps[i] = true;
          } else {
            least[i] = std::max(least[i], natural(row[i]));
          }
        }
      };
      for (const Row& row : head_) measure(row);
      for (const Row& row : rows_) measure(row);
      double sum = 0;
      for (const double each : widths_) sum += each;
      double over = sum - width;
      // Names and sentences give way first, down to a readable width.
      for (std::size_t i = 0; i < widths_.size() && over > 0; ++i) {
        if (!wraps[i]) continue;
        const double give = std::clamp(widths_[i] - std::max(90.0, least[i]), 0.0, over);
        widths_[i] -= give;
        over -= give;
      }
      if (over <= 0) {
        // What is left over goes to all.
        const double spare = -over / std::max<double>(1, static_cast<double>(widths_.size()));
        for (double& each : widths_) each += std::min(spare, 40.0);
        return;
      }
    }
    size_ = 7;
    double sum = 0;
    for (const double each : widths_) sum += each;
    for (double& each : widths_) each *= width / sum;
  }
  double captionHeight(double width) const {
    if (next_ > 0 || caption_.isEmpty()) return 0;
    return QFontMetricsF(fontOf(11))
               .boundingRect(QRectF(0, 0, width, 1e6), Qt::TextWordWrap, caption_)
               .height() +
           5;
  }
  double textHeight(const Cell& cell, double width) const {
    const QFontMetricsF metrics(font(cell));
    const double room = std::max(width - 7, 10.0);
    return metrics
        .boundingRect(QRectF(0, 0, room, 1e6), wrapping(metrics, cell.text, room), cell.text)
        .height();
  }
  double rowHeight(const Row& row) const {
    double tall = size_ + 3;
    for (std::size_t i = 0; i < row.size() && i < widths_.size(); ++i) {
      if (row[i].wraps || row[i].head) tall = std::max(tall, textHeight(row[i], widths_[i]));
    }
    return tall + 5;
  }
  double paintRow(QPainter& painter, const Row& row, double left, double y) const {
    const double tall = rowHeight(row);
    double x = left;
    for (std::size_t i = 0; i < row.size() && i < widths_.size(); ++i) {
      const Cell& cell = row[i];
      QRectF box(x + 3, y + 2, widths_[i] - 7, tall - 3);
      if (cell.meter) {
        const double wide = cell.meter_width * size_ / 12;
        const double text = QFontMetricsF(font(cell)).horizontalAdvance(cell.text);
        const double at = std::max(box.left(), box.right() - text - wide - 5);
        cell.meter->render(&painter, QRectF(at, y + tall / 2 - 4, wide, 8 * size_ / 12));
      }
      painter.setFont(font(cell));
      painter.setPen(cell.bad ? bad : cell.good ? good : cell.head ? soft : ink);
      const int wraps = cell.wraps || cell.head
                            ? wrapping(QFontMetricsF(font(cell)), cell.text, box.width()) &
                                  ~static_cast<int>(Qt::AlignHorizontal_Mask)
                            : 0;
      painter.drawText(box,
                       (cell.left ? Qt::AlignLeft : Qt::AlignRight) |
                           (cell.head ? Qt::AlignBottom : Qt::AlignTop) | wraps,
                       cell.text);
      x += widths_[i];
    }
    painter.setPen(QPen(line, 0.7));
    painter.drawLine(QPointF(left, y + tall), QPointF(x, y + tall));
    return tall + 1;
  }

  QString caption_;
  std::vector<Row> head_;
  std::vector<Row> rows_;
  std::size_t next_ = 0;
  double arranged_ = -1;
  double size_ = 12;
  std::vector<double> widths_;
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
  double paintPart(QPainter& painter, const QRectF& rect) override {
    painter.setFont(code());
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
  static QFont code() { return fontOf(10, false, QStringLiteral("DejaVu Sans Mono")); }
  static double lineHeight(const QString& text, double width) {
    const QFontMetricsF metrics(code());
    if (metrics.horizontalAdvance(text) <= width) return metrics.height();
    return metrics.boundingRect(QRectF(0, 0, width, 1e6), flags, text).height();
  }
  QStringList lines_;
  qsizetype next_ = 0;
};

/// What stands below each other in a frame.
class CardBlock final : public Block {
 public:
  /// `flows`: may be torn between and inside of its parts; then it has no frame.
  CardBlock(Blocks parts, bool flows) : parts_(std::move(parts)), flows_(flows) {}
  bool flows() const { return flows_; }
  double height(double width) override {
    double sum = 2 * card_padding;
    for (const auto& part : parts_) sum += part->height(width - 2 * card_padding);
    return sum + gap;
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    const QRectF frame = rect.adjusted(0, 0, 0, -gap);
    painter.setPen(QPen(line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(frame, 4, 4);
    const double width = rect.width() - 2 * card_padding;
    double y = rect.top() + card_padding;
    for (const auto& part : parts_) {
      const double tall = part->height(width);
      part->paint(painter, QRectF(rect.left() + card_padding, y, width, tall));
      y += tall;
    }
  }
  /// Its parts by themselves, of one that is taller than a page.
  Blocks take() { return std::move(parts_); }

 private:
  Blocks parts_;
  bool flows_;
};

/// Two cards beside each other.
class PairBlock final : public Block {
 public:
  PairBlock(std::unique_ptr<CardBlock> left, std::unique_ptr<CardBlock> right)
      : left_(std::move(left)), right_(std::move(right)) {}
  double height(double width) override {
    const double half = (width - gap) / 2;
    return std::max(left_->height(half), right_ ? right_->height(half) : 0);
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    const double half = (rect.width() - gap) / 2;
    left_->paint(painter, QRectF(rect.left(), rect.top(), half, rect.height()));
    if (right_) {
      right_->paint(painter, QRectF(rect.left() + half + gap, rect.top(), half, rect.height()));
    }
  }
  std::unique_ptr<CardBlock> takeLeft() { return std::move(left_); }
  std::unique_ptr<CardBlock> takeRight() { return std::move(right_); }

 private:
  std::unique_ptr<CardBlock> left_;
  std::unique_ptr<CardBlock> right_;
};

class Composer {
 public:
  Blocks blocks(const PageElement& body) {
    visit(body, blocks_);
    return std::move(blocks_);
  }

 private:
  static std::unique_ptr<Block> text(const QString& words, const QFont& font, const QColor& color,
                                     double below = 4, bool keep = false) {
    auto block = std::make_unique<TextBlock>(words, font, color, below);
    block->keepWithNext = keep;
    return block;
  }

  void visit(const PageElement& element, Blocks& out) {
    for (const PageElement& child : element.children) one(child, out);
  }

  void one(const PageElement& element, Blocks& out) {
    const QString& tag = element.tag;
    if (tag.isEmpty() || tag == "footer" || tag == "script" || tag == "style") return;
    if (tag == "h1") {
      out.push_back(text(element.allText(), fontOf(24, true), ink, 3, true));
    } else if (tag == "h2") {
      out.push_back(text(" ", fontOf(7), ink, 0, true));
      out.push_back(text(element.allText(), fontOf(17, true), ink, 5, true));
    } else if (tag == "h3") {
      out.push_back(text(element.allText(), fontOf(13, true), ink, 1, true));
    } else if (tag == "p") {
      const bool is_bad = element.hasClass("bad");
      out.push_back(text(element.allText(), fontOf(11.5), is_bad ? bad : soft, 4,
                         element.hasClass("window")));
    } else if (tag == "summary") {
      out.push_back(text(element.allText(), fontOf(13, true), ink, 3, true));
    } else if (tag == "ul") {
      out.push_back(std::make_unique<PillsBlock>(element));
    } else if (tag == "dl" && element.hasClass("tiles")) {
      out.push_back(std::make_unique<TilesBlock>(element));
    } else if (tag == "dl") {
      out.push_back(std::make_unique<FactsBlock>(element));
    } else if (tag == "table") {
      out.push_back(std::make_unique<TableBlock>(element));
    } else if (tag == "pre") {
      out.push_back(std::make_unique<CodeBlock>(element.allText()));
    } else if (tag == "svg") {
      if (element.attributes.contains("viewBox"))
        out.push_back(std::make_unique<SvgBlock>(element));
    } else if (element.hasClass("legend")) {
      out.push_back(std::make_unique<LegendBlock>(element));
    } else if (element.hasClass("charts")) {
      charts(element, out);
    } else if (tag == "figure" || element.hasClass("card")) {
      out.push_back(card(element));
    } else {
      visit(element, out);
    }
  }

  std::unique_ptr<CardBlock> card(const PageElement& element) {
    Blocks parts;
    visit(element, parts);
    return std::make_unique<CardBlock>(std::move(parts), element.hasClass("flow"));
  }

  /// Two columns, as on the page; what is wide takes both.
  void charts(const PageElement& element, Blocks& out) {
    std::unique_ptr<CardBlock> waiting;
    const auto flush = [&] {
      if (waiting) out.push_back(std::make_unique<PairBlock>(std::move(waiting), nullptr));
      waiting = nullptr;
    };
    for (const PageElement& child : element.children) {
      if (child.tag != "figure" && !child.hasClass("card")) continue;
      if (child.hasClass("wide")) {
        flush();
        out.push_back(card(child));
      } else if (waiting) {
        out.push_back(std::make_unique<PairBlock>(std::move(waiting), card(child)));
        waiting = nullptr;
      } else {
        waiting = card(child);
      }
    }
    flush();
  }

  Blocks blocks_;
};

/// Puts blocks on pages.
class Pager {
 public:
  Pager(QPagedPaintDevice& device, ChartCanvas& canvas, int resolution, QString footer)
      : device_(device), canvas_(canvas), footer_(std::move(footer)) {
    scale_ = resolution / unit;
    canvas_.painter().scale(scale_, scale_);
    page_ = QRectF(0, 0, device.pageLayout().paintRectPixels(resolution).width() / scale_,
                   device.pageLayout().paintRectPixels(resolution).height() / scale_);
    bottom_ = page_.height() - footer_height;
  }

  void place(Blocks blocks) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      // A heading goes with what it is of.
      double together = 0;
      for (std::size_t next = i; next < blocks.size(); ++next) {
        const double tall = blocks[next]->height(page_.width());
        const auto* card = dynamic_cast<const CardBlock*>(blocks[next].get());
        const bool torn = blocks[next]->mayBeTorn() || (card != nullptr && card->flows());
        together += torn ? std::min(tall, 90.0) : tall;
        if (!blocks[next]->keepWithNext) break;
      }
      if (y_ > 0 && y_ + together > bottom_ && together < bottom_) newPage();
      one(std::move(blocks[i]));
    }
  }
  /// Begins a page unless so much room is left.
  void reserve(double height) {
    if (y_ > 0 && y_ + height > bottom_) newPage();
  }
  void picture(const ExtraFigure& figure) {
    const double tall = std::min(figure.height, bottom_);
    if (y_ > 0 && y_ + tall > bottom_) newPage();
    figure.paint(canvas_, QRectF(0, y_, page_.width(), tall));
    y_ += tall + gap;
  }
  void finish() { drawFooter(); }
  int pages() const { return number_; }

 private:
  void one(std::unique_ptr<Block> block) {
    QPainter& painter = canvas_.painter();
    const double tall = block->height(page_.width());
    if (auto* card = dynamic_cast<CardBlock*>(block.get());
        card != nullptr && card->flows() && y_ + tall > bottom_) {
      place(card->take());
      y_ += gap;
      return;
    }
    if (!block->mayBeTorn() && tall > bottom_) {
      // Taller than a page: what is in it stands by itself.
      if (auto* pair = dynamic_cast<PairBlock*>(block.get())) {
        Blocks parts;
        parts.push_back(pair->takeLeft());
        if (auto right = pair->takeRight()) parts.push_back(std::move(right));
        place(std::move(parts));
        return;
      }
      if (auto* card = dynamic_cast<CardBlock*>(block.get())) {
        place(card->take());
        y_ += gap;
        return;
      }
    }
    if (!block->mayBeTorn()) {
      if (y_ > 0 && y_ + tall > bottom_) newPage();
      painter.save();
      block->paint(painter, QRectF(0, y_, page_.width(), tall));
      painter.restore();
      y_ += tall;
      return;
    }
    while (true) {
      if (y_ > 0 && bottom_ - y_ < 40) newPage();
      painter.save();
      y_ += block->paintPart(painter, QRectF(0, y_, page_.width(), bottom_ - y_));
      painter.restore();
      if (block->isDone()) break;
      newPage();
    }
    y_ += 6;
  }
  void newPage() {
    drawFooter();
    device_.newPage();
    ++number_;
    y_ = 0;
  }
  void drawFooter() {
    QPainter& painter = canvas_.painter();
    painter.setFont(fontOf(10));
    painter.setPen(soft);
    const QRectF foot(0, bottom_ + 4, page_.width(), footer_height - 4);
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignBottom,
                     painter.fontMetrics().elidedText(footer_, Qt::ElideRight,
                                                      static_cast<int>(page_.width() - 60)));
    painter.drawText(foot, Qt::AlignRight | Qt::AlignBottom, QString::number(number_));
  }

  QPagedPaintDevice& device_;
  ChartCanvas& canvas_;
  QString footer_;
  double scale_ = 1;
  QRectF page_;
  double bottom_ = 0;
  double y_ = 0;
  int number_ = 1;
};

}  // namespace

int paintReport(const PageElement& body, const std::vector<ExtraFigure>& extra,
                const QString& extraTitle, QPagedPaintDevice& device, int resolution) {
  ChartCanvas canvas(&device);
  QStringList foot;
  if (const PageElement* title = body.child("h1")) foot << title->allText();
  if (const PageElement* made = body.child("footer")) foot << made->allText();
  Pager pager(device, canvas, resolution, foot.join(" · "));
  pager.place(Composer().blocks(body));
  if (!extra.empty()) {
    Blocks heading;
    heading.push_back(std::make_unique<TextBlock>(extraTitle, fontOf(17, true), ink, 8));
    pager.reserve(40 + extra.front().height);
    pager.place(std::move(heading));
    for (const ExtraFigure& figure : extra) pager.picture(figure);
  }
  pager.finish();
  return pager.pages();
}

}  // namespace faultline::gui
