#include "gui/charts/heat_map.hpp"

#include <algorithm>
#include <cmath>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHelpEvent>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QSvgGenerator>
#include <QToolTip>
#include <QVBoxLayout>

#include "gui/charts/chart_data.hpp"
#include "gui/charts/flow_layout.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int axis_height = 18;
constexpr int band_height = 5;
constexpr int value_width = 62;

QColor blend(const QColor& a, const QColor& b, double part) {
  const auto mix = [part](float x, float y) {
    return static_cast<float>(x + (y - x) * static_cast<float>(part));
  };
  return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()),
                          mix(a.blueF(), b.blueF()));
}

/// From the ground over the accent to the text: its lightness only falls on a light ground and only
/// rises on a dark one.
QColor shadeOf(double part) {
  const Theme& theme = Theme::instance();
  part = std::clamp(part, 0.0, 1.0);
  const QColor low = blend(theme.canvas(), theme.info(), 0.08);
  if (part < 0.7) return blend(low, theme.info(), part / 0.7);
  return blend(theme.info(), theme.text(), (part - 0.7) / 0.3 * 0.75);
}

QString quantityText(HeatQuantity quantity, float value) {
  const auto number = static_cast<double>(value);
  switch (quantity) {
    case HeatQuantity::utilization:
      return formatPercent(number);
    case HeatQuantity::queue:
      return formatNumber(number);
    case HeatQuantity::latency:
      return formatSeconds(number);
    case HeatQuantity::failures:
      return formatRate(number);
  }
  return {};
}

}  // namespace

HeatMap::HeatMap(TimeCursor& cursor, QWidget* parent)
    : QAbstractScrollArea(parent), cursor_(cursor) {
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  viewport()->setMouseTracking(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  const auto redraw = [this] { viewport()->update(); };
  connect(&cursor_, &TimeCursor::rangeChanged, this, redraw);
  connect(&cursor_, &TimeCursor::positionChanged, this, redraw);
  connect(&cursor_, &TimeCursor::hoverChanged, this, redraw);
  connect(&Theme::instance(), &Theme::changed, this, redraw);
}

void HeatMap::setData(HeatData data, HeatQuantity quantity, std::vector<sim::Band> bands,
                      double end) {
  data_ = std::move(data);
  quantity_ = quantity;
  bands_ = std::move(bands);
  end_ = end > 0 ? end : 1;
  updateScroll();
  viewport()->update();
}

int HeatMap::rowHeight() const { return fontMetrics().height() + 3; }

int HeatMap::nameWidth(double width) const {
  int widest = 40;
  const QFontMetrics metrics(Theme::instance().smallFont());
  for (const HeatRow& row : data_.rows) {
    const QString name = row.replicas > 1 ? tr("%1 ×%2").arg(row.name).arg(row.replicas) : row.name;
    widest = std::max(widest, metrics.horizontalAdvance(name) + 22);
    if (widest > width * 0.35) break;
  }
  return static_cast<int>(std::min<double>(widest, width * 0.35));
}

QRectF HeatMap::cells(const QRectF& rect) const {
  const double left = rect.left() + nameWidth(rect.width());
  const double top = rect.top() + axis_height + band_height;
  return {left, top, std::max(rect.right() - value_width - left, 10.0), rect.bottom() - top};
}

double HeatMap::shownFrom() const { return cursor_.showsAll() ? 0 : cursor_.rangeFrom(); }
double HeatMap::shownTo() const { return cursor_.showsAll() ? end_ : cursor_.rangeTo(); }

int HeatMap::stepAt(double seconds) const {
  if (data_.from.empty()) return -1;
  if (std::isnan(seconds)) return static_cast<int>(data_.from.size()) - 1;
  const auto after = std::upper_bound(data_.from.begin(), data_.from.end(), seconds);
  if (after == data_.from.begin()) return -1;
  const auto index = static_cast<std::size_t>(after - data_.from.begin()) - 1;
  return seconds <= data_.to[index] ? static_cast<int>(index) : -1;
}

double HeatMap::timeAt(double x) const {
  const QRectF area = cells(QRectF(viewport()->rect()));
  if (x < area.left() || x > area.right()) return std::nan("");
  return shownFrom() + (x - area.left()) / area.width() * (shownTo() - shownFrom());
}

QString HeatMap::valueText(float value) const { return quantityText(quantity_, value); }

QColor HeatMap::shade(float value) const {
  if (quantity_ == HeatQuantity::utilization) return shadeOf(static_cast<double>(value));
  if (!(data_.highest > 0)) return shadeOf(0);
  // The square root lifts what is small but not nothing out of the ground.
  return shadeOf(std::sqrt(static_cast<double>(value) / static_cast<double>(data_.highest)));
}

void HeatMap::paint(QPainter& painter, const QRectF& rect, int firstRow, int rowHeight) {
  const Theme& theme = Theme::instance();
  painter.save();
  painter.setClipRect(rect);
  painter.fillRect(rect, theme.surface());
  painter.setFont(theme.smallFont());
  const QFontMetricsF metrics(painter.font(), painter.device());
  const QRectF area = cells(rect);
  const double from = shownFrom();
  const double to = shownTo();
  const double scale = area.width() / std::max(to - from, 1e-12);
  const auto x_of = [&](double seconds) { return area.left() + (seconds - from) * scale; };

  // Time above, and what was wrong when.
  painter.setPen(theme.mutedText());
  const int marks = std::max(1, static_cast<int>(area.width() / 90));
  double step = std::pow(10, std::floor(std::log10((to - from) / marks)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if ((to - from) / (step * factor) <= marks) {
      step *= factor;
      break;
    }
  }
  for (double mark = std::ceil(from / step) * step; mark <= to + step * 1e-6; mark += step) {
    const double x = x_of(mark);
    const QString text = formatSeconds(std::abs(mark) < step * 1e-6 ? 0 : mark);
    const double width = metrics.horizontalAdvance(text);
    const double left = std::clamp(x - width / 2, area.left(), area.right() - width);
    painter.drawText(QRectF(left, rect.top(), width + 2, axis_height),
                     Qt::AlignLeft | Qt::AlignVCenter, text);
  }
  painter.setPen(Qt::NoPen);
  for (const sim::Band& band : bands_) {
    const double left = std::max(x_of(band.from_seconds), area.left());
    const double right = std::min(std::max(x_of(band.to_seconds), left + 1), area.right());
    if (right <= left) continue;
    const bool breach = band.kind == "breach";
    painter.fillRect(QRectF(left, area.top() - band_height + (breach ? band_height / 2.0 : 0),
                            right - left, band_height / 2.0),
                     breach ? theme.bad() : theme.warning());
  }

  double shown_at = std::isfinite(cursor_.hover()) ? cursor_.hover() : cursor_.position();
  const int at = stepAt(shown_at);
  double y = area.top();
  for (int index = firstRow; index < static_cast<int>(data_.rows.size()) && y < rect.bottom();
       ++index, y += rowHeight) {
    const HeatRow& row = data_.rows[static_cast<std::size_t>(index)];
    const QRectF line(rect.left(), y, rect.width(), rowHeight - 1);
    // The name; a triangle tells that the group opens or closes.
    QString name = row.name;
    if (row.replicas > 1) name = tr("%1 ×%2").arg(row.name).arg(row.replicas);
    double text_left = rect.left() + 16;
    if (row.foldable) {
      const double middle = line.center().y();
      QPolygonF triangle;
      if (row.replicas > 1) {
        triangle << QPointF(rect.left() + 4, middle - 4) << QPointF(rect.left() + 4, middle + 4)
                 << QPointF(rect.left() + 10, middle);
      } else {
        triangle << QPointF(rect.left() + 3, middle - 3) << QPointF(rect.left() + 11, middle - 3)
                 << QPointF(rect.left() + 7, middle + 3);
      }
      painter.setBrush(theme.mutedText());
      painter.setPen(Qt::NoPen);
      painter.drawPolygon(triangle);
    }
    painter.setPen(theme.text());
    const QRectF name_rect(text_left, y, area.left() - text_left - 6, rowHeight - 1);
    painter.drawText(name_rect, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(name, Qt::ElideMiddle, name_rect.width()));
    // Cells of the same value are one rectangle, so that a picture of vectors stays small; cells
    // narrower than a pixel share one, and the largest of them shows.
    const double cell_top = y;
    const double cell_height = rowHeight - 2;
    double begin = area.left();
    float value = std::nanf("");
    bool down = false;
    const auto flush = [&](double end) {
      if (end <= begin) return;
      const QRectF cell(begin, cell_top, end - begin, cell_height);
      if (!std::isnan(value)) painter.fillRect(cell, shade(value));
      if (down) {
        painter.fillRect(cell, QBrush(theme.bad(), Qt::BDiagPattern));
        painter.fillRect(QRectF(cell.left(), cell.bottom() - 3, cell.width(), 3), theme.bad());
      }
    };
    double pixel = -1;
    for (std::size_t i = 0; i < data_.from.size(); ++i) {
      if (data_.to[i] <= from || data_.from[i] >= to) continue;
      const double left = std::max(x_of(data_.from[i]), area.left());
      const float next = row.values[i];
      if (std::floor(left) == pixel) {
        if (std::isnan(value) || next > value) value = next;
        down = down || row.down[i];
        continue;
      }
      flush(left);
      begin = left;
      pixel = std::floor(left);
      value = next;
      down = row.down[i];
    }
    if (!data_.to.empty()) flush(std::min(x_of(std::min(data_.to.back(), to)), area.right()));
    if (at >= 0) {
      painter.setPen(theme.text());
      const bool is_down = row.down[static_cast<std::size_t>(at)];
      painter.drawText(QRectF(area.right() + 4, y, value_width - 6, rowHeight - 1),
                       Qt::AlignRight | Qt::AlignVCenter,
                       is_down ? tr("down") : valueText(row.values[static_cast<std::size_t>(at)]));
    }
  }
  for (const double moment : {cursor_.position(), cursor_.hover()}) {
    if (std::isnan(moment) || moment < from || moment > to) continue;
    const bool scrub = moment == cursor_.position();
    painter.setPen(QPen(scrub ? theme.accent() : theme.mutedText(), scrub ? 1.6 : 1,
                        scrub ? Qt::DashLine : Qt::SolidLine));
    const double bottom = std::min(y, rect.bottom());
    painter.drawLine(QPointF(x_of(moment), area.top()), QPointF(x_of(moment), bottom));
  }
  painter.restore();
}

void HeatMap::updateScroll() {
  const int room = viewport()->height() - axis_height - band_height;
  const int rows = std::max(1, room / std::max(rowHeight(), 1));
  verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(data_.rows.size()) - rows));
  verticalScrollBar()->setPageStep(rows);
  verticalScrollBar()->setSingleStep(1);
}

void HeatMap::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  paint(painter, QRectF(viewport()->rect()), verticalScrollBar()->value(), rowHeight());
}

void HeatMap::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  updateScroll();
}

int HeatMap::rowAt(double y) const {
  const double top = axis_height + band_height;
  if (y < top) return -1;
  const int row = verticalScrollBar()->value() + static_cast<int>((y - top) / rowHeight());
  return row < static_cast<int>(data_.rows.size()) ? row : -1;
}

void HeatMap::mouseMoveEvent(QMouseEvent* event) { cursor_.setHover(timeAt(event->pos().x())); }

void HeatMap::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const double time = timeAt(event->pos().x());
  if (!std::isnan(time)) {
    cursor_.setPosition(time);
    return;
  }
  const int row = rowAt(event->pos().y());
  if (row < 0 || event->pos().x() > cells(QRectF(viewport()->rect())).left()) return;
  const HeatRow& hit = data_.rows[static_cast<std::size_t>(row)];
  if (hit.foldable && event->pos().x() < 15) {
    Q_EMIT foldToggled(hit.group);
  } else {
    Q_EMIT nodeActivated(hit.name);
  }
}

void HeatMap::wheelEvent(QWheelEvent* event) {
  if (!(event->modifiers() & Qt::ControlModifier)) {
    QAbstractScrollArea::wheelEvent(event);
    return;
  }
  const double center = timeAt(event->position().x());
  if (!std::isnan(center)) {
    const double factor = std::pow(0.8, event->angleDelta().y() / 120.0);
    const double from = center - (center - shownFrom()) * factor;
    const double to = center + (shownTo() - center) * factor;
    if (from <= 0 && to >= end_) {
      cursor_.showAll();
    } else {
      cursor_.setRange(from, std::min(to, end_));
    }
  }
  event->accept();
}

void HeatMap::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
    const int step = stepAt(cursor_.position());
    const int next = step + (event->key() == Qt::Key_Left ? -1 : 1);
    if (next >= 0 && next < static_cast<int>(data_.from.size())) {
      const auto index = static_cast<std::size_t>(next);
      cursor_.setPosition((data_.from[index] + data_.to[index]) / 2);
    }
    return;
  }
  if (event->key() == Qt::Key_Escape && !cursor_.isLive()) {
    cursor_.goLive();
    return;
  }
  QAbstractScrollArea::keyPressEvent(event);
}

bool HeatMap::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave) cursor_.setHover(std::nan(""));
  if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const int index = rowAt(help->pos().y());
  const double time = timeAt(help->pos().x());
  if (index < 0) {
    QToolTip::hideText();
    return true;
  }
  const HeatRow& row = data_.rows[static_cast<std::size_t>(index)];
  QStringList lines{row.replicas > 1 ? tr("%1, mean of %2 replicas").arg(row.name).arg(row.replicas)
                                     : row.name};
  const int step = std::isnan(time) ? -1 : stepAt(time);
  if (step >= 0) {
    const auto i = static_cast<std::size_t>(step);
    lines << tr("%1 to %2: %3")
                 .arg(formatSeconds(data_.from[i]), formatSeconds(data_.to[i]),
                      row.down[i] ? tr("down") : valueText(row.values[i]));
  } else if (row.foldable) {
    lines << (row.replicas > 1 ? tr("Click the triangle to see each replica")
                               : tr("Click the triangle to fold the group"));
  }
  QToolTip::showText(help->globalPos(), lines.join('\n'), viewport());
  return true;
}

HeatMapPanel::HeatMapPanel(ChartSource& source, QWidget* parent) : SourcePanel(source, parent) {
  setObjectName("HeatMapPanel");
  title_ = new QLabel(this);
  title_->setMinimumWidth(20);
  covers_ = new QLabel(this);
  covers_->setWordWrap(true);
  covers_->setMinimumWidth(40);
  scale_ = new QLabel(this);
  scale_->setWordWrap(true);
  scale_->setMinimumWidth(40);
  quantities_ = new QComboBox(this);
  orders_ = new QComboBox(this);
  for (QComboBox* box : {quantities_, orders_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(4);
  }
  map_ = new HeatMap(source.cursor(), this);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(emptyLine());
  stack_->addWidget(map_);
  auto* head = new QWidget(this);
  head->setLayout(new FlowLayout(10));
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  head->setSizePolicy(policy);
  for (QWidget* each : std::initializer_list<QWidget*>{title_, quantities_, orders_}) {
    head->layout()->addWidget(each);
  }
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 6);
  layout->setSpacing(3);
  layout->addWidget(head);
  layout->addWidget(covers_);
  layout->addWidget(stack_, 1);
  layout->addWidget(scale_);
  connect(quantities_, &QComboBox::activated, this,
          [this](int index) { setQuantity(static_cast<HeatQuantity>(index)); });
  connect(orders_, &QComboBox::activated, this,
          [this](int index) { setOrder(static_cast<HeatOrder>(index)); });
  connect(map_, &HeatMap::foldToggled, this, &HeatMapPanel::toggleFold);
  connect(map_, &HeatMap::nodeActivated, this, &HeatMapPanel::nodeActivated);
  connect(&source.cursor(), &TimeCursor::positionChanged, this, [this] {
    if (order_ == HeatOrder::newest) requestRefresh();
  });
  open();
}

void HeatMapPanel::applyTheme() {
  SourcePanel::applyTheme();
  const Theme& theme = Theme::instance();
  title_->setFont(theme.boldFont());
  for (QLabel* label : {covers_, scale_}) {
    label->setPalette(emptyLine()->palette());
    label->setFont(theme.smallFont());
  }
}

void HeatMapPanel::setQuantity(HeatQuantity quantity) {
  quantity_ = quantity;
  refresh();
}

void HeatMapPanel::setOrder(HeatOrder order) {
  order_ = order;
  refresh();
}

void HeatMapPanel::toggleFold(const QString& group) {
  const bool is_folded =
      std::any_of(map_->data().rows.begin(), map_->data().rows.end(),
                  [&](const HeatRow& row) { return row.group == group && row.replicas > 1; });
  unfolded_.erase(group);
  folded_.erase(group);
  (is_folded ? unfolded_ : folded_).insert(group);
  refresh();
}

QString HeatMapPanel::title() const { return title_->text(); }
QString HeatMapPanel::covers() const { return covers_->text(); }
bool HeatMapPanel::isEmpty() const { return map_->data().rows.empty(); }

void HeatMapPanel::refresh() {
  const auto fill = [](QComboBox* box, const QStringList& texts, int index, const QString& name) {
    const QSignalBlocker quiet(box);
    box->clear();
    box->addItems(texts);
    box->setCurrentIndex(index);
    box->setAccessibleName(name);
    box->setToolTip(name);
  };
  fill(quantities_, {tr("Utilisation"), tr("Queue"), tr("p99 latency"), tr("Failures")},
       static_cast<int>(quantity_), tr("What is shown"));
  fill(orders_, {tr("By name"), tr("By value now"), tr("By highest value")},
       static_cast<int>(order_), tr("Order of the rows"));
  static const char* const titles[] = {
      QT_TR_NOOP("Utilisation by node"), QT_TR_NOOP("Queue length by node"),
      QT_TR_NOOP("p99 latency by node"), QT_TR_NOOP("Failures by node")};
  title_->setText(tr(titles[static_cast<int>(quantity_)]));
  HeatData data = heatDataOf(source(), quantity_, unfolded_, folded_);
  map_->setData(std::move(data), quantity_, bandsOf(source()), source().endSeconds());
  if (order_ != HeatOrder::name) {
    HeatData sorted = map_->data();
    sortRows(sorted, order_, map_->stepAt(source().cursor().position()));
    map_->setData(std::move(sorted), quantity_, bandsOf(source()), source().endSeconds());
  }
  const bool run = source().snapshot() != nullptr || source().result() != nullptr;
  emptyLine()->setText(run ? tr("No node of this run has this quantity yet.")
                           : tr("Run the scenario to see how busy each node is."));
  stack_->setCurrentWidget(isEmpty() ? static_cast<QWidget*>(emptyLine()) : map_);
  QString covers = seriesCovers(source());
  if (presentSeries(source())) covers = covers.section(" · ", 0, 0);
  covers_->setText(tr("%1 · number at the right: at the cursor").arg(covers));
  covers_->setVisible(!isEmpty());
  const QString end = quantity_ == HeatQuantity::utilization
                          ? formatPercent(1)
                          : map_->valueText(map_->data().highest);
  QString scale;
  for (int i = 0; i <= 8; ++i) {
    scale += QStringLiteral("<span style=\"background-color:%1\">&nbsp;&nbsp;&nbsp;</span>")
                 .arg(shadeOf(i / 8.0).name());
  }
  scale_->setText(
      map_->valueText(0) + " " + scale + " " + end +
      (quantity_ == HeatQuantity::utilization ? QString() : " " + tr("(shades by square root)")) +
      QStringLiteral(" · ") + tr("hatched: down"));
  scale_->setVisible(!isEmpty());
  setAccessibleName(title_->text());
  map_->setAccessibleName(title_->text());
}

QByteArray HeatMapPanel::csv() const {
  std::vector<ChartSeries> all;
  const HeatData& data = map_->data();
  for (const HeatRow& row : data.rows) {
    ChartSeries series;
    series.id = row.name;
    series.from = data.from;
    series.to = data.to;
    for (const float value : row.values) series.y.push_back(static_cast<double>(value));
    all.push_back(std::move(series));
  }
  return toCsv(all, QStringLiteral("seconds"));
}

void HeatMapPanel::paint(QPainter& painter, const QRectF& rect) {
  const Theme& theme = Theme::instance();
  painter.save();
  painter.fillRect(rect, theme.surface());
  QRectF used;
  double y = rect.top() + 4;
  painter.setPen(theme.text());
  painter.setFont(theme.boldFont());
  const QRectF inner = rect.adjusted(8, 0, -8, 0);
  painter.drawText(QRectF(inner.left(), y, inner.width(), 40), Qt::AlignLeft, title(), &used);
  y = used.bottom() + 2;
  painter.setPen(theme.mutedText());
  painter.setFont(theme.smallFont());
  painter.drawText(QRectF(inner.left(), y, inner.width(), 60), Qt::AlignLeft | Qt::TextWordWrap,
                   covers().section(" · ", 0, 0), &used);
  y = used.bottom() + 4;
  map_->paint(painter, QRectF(inner.left(), y, inner.width(), rect.bottom() - y), 0,
              std::max(12, map_->rowHeight()));
  painter.restore();
}

double HeatMapPanel::paintHeight() const {
  constexpr double page = 900;
  const auto rows = static_cast<double>(map_->data().rows.size());
  return std::min(80 + rows * std::max(12, map_->rowHeight()), page);
}

bool HeatMapPanel::exportTo(const QString& fileName, QString* error) {
  const QString suffix = QFileInfo(fileName).suffix().toLower();
  QSaveFile file(fileName);
  if ((suffix != "png" && suffix != "svg" && suffix != "pdf" && suffix != "csv") ||
      !file.open(QIODevice::WriteOnly)) {
    if (error != nullptr) *error = tr("Cannot write %1: %2").arg(fileName, file.errorString());
    return false;
  }
  constexpr int resolution = 96;
  const int rows = std::min<int>(static_cast<int>(map_->data().rows.size()), 400);
  const QSize size(std::max(width(), 600), 90 + rows * std::max(12, map_->rowHeight()));
  if (suffix == "csv") {
    file.write(csv());
  } else if (suffix == "png") {
    QImage image(size * 2, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    {
      QPainter painter(&image);
      painter.setRenderHint(QPainter::Antialiasing);
      paint(painter, QRectF(QPointF(0, 0), size));
    }
    image.save(&file, "PNG");
  } else if (suffix == "svg") {
    QSvgGenerator generator;
    generator.setOutputDevice(&file);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setResolution(resolution);
    generator.setTitle(title());
    QPainter painter(&generator);
    paint(painter, QRectF(QPointF(0, 0), size));
  } else {
    QPdfWriter writer(&file);
    writer.setResolution(resolution);
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setPageSize(QPageSize(QSizeF(size) * 72.0 / resolution, QPageSize::Point));
    QPainter painter(&writer);
    paint(painter, QRectF(QPointF(0, 0), size));
  }
  if (!file.commit()) {
    if (error != nullptr) *error = tr("Cannot write %1: %2").arg(fileName, file.errorString());
    return false;
  }
  return true;
}

void HeatMapPanel::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  menu.addAction(tr("Show all"), &source().cursor(), &TimeCursor::showAll);
  menu.addAction(tr("Back to the newest moment"), &source().cursor(), &TimeCursor::goLive)
      ->setEnabled(!source().cursor().isLive());
  menu.addSeparator();
  menu.addAction(tr("Export…"), this,
                 [this] {
                   QString filter;
                   QString name = QFileDialog::getSaveFileName(
                       this, tr("Export chart"), title() + ".png",
                       tr("Picture (*.png);;Vector picture (*.svg);;PDF (*.pdf);;Numbers (*.csv)"),
                       &filter);
                   if (name.isEmpty()) return;
                   if (QFileInfo(name).suffix().isEmpty())
                     name += filter.section("*", 1).section(")", 0, 0);
                   QString error;
                   if (!exportTo(name, &error))
                     QMessageBox::warning(this, tr("Export chart"), error);
                 })
      ->setEnabled(!isEmpty());
  menu.exec(event->globalPos());
}

}  // namespace faultline::gui
