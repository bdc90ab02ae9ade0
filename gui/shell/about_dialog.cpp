#include "gui/shell/about_dialog.hpp"

#include <QApplication>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("About Faultline"));
  setObjectName(QStringLiteral("aboutDialog"));
  auto* picture = new QLabel;
  picture->setPixmap(QIcon(QStringLiteral(":/icons/faultline.svg")).pixmap(96, 96));
  auto* name = new QLabel(QStringLiteral("Faultline %1").arg(QStringLiteral(FAULTLINE_VERSION)));
  QFont large = Theme::instance().boldFont();
  large.setPointSizeF(large.pointSizeF() * 1.6);
  name->setFont(large);
  auto* text = new QLabel(
      tr("<p>A discrete-event simulator of distributed systems: design one, run it, break it, and "
         "see what its users would have seen.</p>"
         "<p>The sources of Faultline are under the Apache License 2.0.</p>"
         "<p>This window uses Qt %1 (LGPL-3) and QCustomPlot (GPL-3). Because it links "
         "QCustomPlot, "
         "the program <i>faultline-gui</i> as a whole may be passed on under the GNU General "
         "Public "
         "License, version 3. The program <i>faultline</i> without the window is not concerned by "
         "that.</p>")
          .arg(QString::fromLatin1(qVersion())));
  text->setWordWrap(true);
  text->setMinimumWidth(420);
  text->setTextInteractionFlags(Qt::TextBrowserInteraction);
  auto* column = new QVBoxLayout;
  column->addWidget(name);
  column->addWidget(text, 1);
  auto* row = new QHBoxLayout;
  row->setSpacing(20);
  row->addWidget(picture, 0, Qt::AlignTop);
  row->addLayout(column, 1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  QPushButton* qt = buttons->addButton(tr("About Qt"), QDialogButtonBox::HelpRole);
  connect(qt, &QPushButton::clicked, this, [this] { QMessageBox::aboutQt(this); });
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 20, 20, 14);
  layout->addLayout(row, 1);
  layout->addWidget(buttons);
}

}  // namespace faultline::gui
