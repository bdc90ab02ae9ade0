#include <algorithm>
#include <cmath>
#include <QPainter>
#include <QSvgRenderer>

#include "gui/report/report_blocks.hpp"

namespace faultline::gui::page {
namespace {

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
  /// Its head and two rows: a head alone at the foot of a page says nothing.
  double least(double width) override {
    arrange(width);
    double sum = captionHeight(width) + 6;
    for (const auto& row : head_) sum += rowHeight(row) + 1;
    for (std::size_t i = next_; i < std::min(next_ + 2, rows_.size()); ++i) {
      sum += rowHeight(rows_[i]) + 1;
    }
    return sum;
  }
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
  static constexpr double left_gap = 6;

  QFont font(const Cell& cell) const { return fontOf(size_, cell.bold); }
  double natural(const Cell& cell) const {
    const double meter =
        (cell.meter ? cell.meter_width * size_ / 12 + 5 : 0) + (cell.left ? left_gap : 0);
    if (cell.head) {
      // Heads wrap at words.
      double widest = 0;
      for (const QString& word : cell.text.split(' ')) {
        widest = std::max(widest, QFontMetricsF(font(cell)).horizontalAdvance(word));
      }
      return widest + 9 + (cell.left ? left_gap : 0);
    }
    return QFontMetricsF(font(cell)).horizontalAdvance(cell.text) + meter + 9;
  }
  void arrange(double width) {
    if (arranged_ == width) return;
    arranged_ = width;
    squeezed_ = false;
    for (size_ = 11; size_ >= 7; size_ -= 1) {
      widths_.clear();
      meter_texts_.clear();
      std::vector<bool> wraps;
      std::vector<double> least;
      const auto measure = [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
          if (i >= widths_.size()) {
            widths_.push_back(20);
            meter_texts_.push_back(0);
            wraps.push_back(false);
            least.push_back(20);
          }
          widths_[i] = std::max(widths_[i], natural(row[i]));
          if (row[i].meter) {
            const QFontMetricsF metrics(font(row[i]));
            meter_texts_[i] = std::max(meter_texts_[i], metrics.horizontalAdvance(row[i].text));
          }
          if (row[i].wraps) {
            wraps[i] = true;
            // Rather smaller letters than a broken name.
            for (const QString& word : row[i].text.split(' ')) {
              const double wide = QFontMetricsF(font(row[i])).horizontalAdvance(word);
              least[i] = std::max(least[i], std::min(wide + 9 + left_gap, 200.0));
            }
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
    squeezed_ = true;
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
  bool wraps(const Cell& cell) const { return cell.wraps || cell.head || squeezed_; }
  double rowHeight(const Row& row) const {
    double tall = size_ + 3;
    for (std::size_t i = 0; i < row.size() && i < widths_.size(); ++i) {
      const double off = i > 0 && row[i].left ? left_gap : 0;
      if (wraps(row[i])) tall = std::max(tall, textHeight(row[i], widths_[i] - off));
    }
    return tall + 5;
  }
  double paintRow(QPainter& painter, const Row& row, double left, double y) const {
    const double tall = rowHeight(row);
    double x = left;
    for (std::size_t i = 0; i < row.size() && i < widths_.size(); ++i) {
      const Cell& cell = row[i];
      // A sentence stands off from the number before it.
      const double off = i > 0 && cell.left ? left_gap : 0;
      QRectF box(x + 3 + off, y + 2, widths_[i] - 7 - off, tall - 3);
      if (cell.meter) {
        const double wide = cell.meter_width * size_ / 12;
        const double at = std::max(box.left(), box.right() - meter_texts_[i] - wide - 5);
        cell.meter->render(&painter, QRectF(at, y + tall / 2 - 4, wide, 8 * size_ / 12));
      }
      painter.setFont(font(cell));
      painter.setPen(cell.bad ? bad : cell.good ? good : cell.head ? soft : ink);
      const int wrap = wraps(cell) ? wrapping(QFontMetricsF(font(cell)), cell.text, box.width()) &
                                         ~static_cast<int>(Qt::AlignHorizontal_Mask)
                                   : 0;
      painter.drawText(box,
                       (cell.left ? Qt::AlignLeft : Qt::AlignRight) |
                           (cell.head ? Qt::AlignBottom : Qt::AlignTop) | wrap,
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
  bool squeezed_ = false;  ///< Too wide for the page: then every cell wraps.
  std::vector<double> widths_;
  std::vector<double> meter_texts_;  ///< By column, the widest beside a bar: bars stand in line.
};

}  // namespace

std::unique_ptr<Block> tableBlock(const PageElement& table) {
  return std::make_unique<TableBlock>(table);
}

}  // namespace faultline::gui::page
