<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru_RU">
    <context>
        <name>Actions</name>
        <message>
            <source>File</source>
            <translation>Файл</translation>
        </message>
        <message>
            <source>&amp;New</source>
            <translation>&amp;Новый</translation>
        </message>
        <message>
            <source>Begin with an empty design</source>
            <translation>Начать с пустой схемы</translation>
        </message>
        <message>
            <source>New from &amp;template…</source>
            <translation>Новый из &amp;шаблона…</translation>
        </message>
        <message>
            <source>Choose one of the ready systems and change it</source>
            <translation>Выбрать готовую систему и изменить её</translation>
        </message>
        <message>
            <source>&amp;Open…</source>
            <translation>&amp;Открыть…</translation>
        </message>
        <message>
            <source>Open a scenario file</source>
            <translation>Открыть файл сценария</translation>
        </message>
        <message>
            <source>&amp;Save</source>
            <translation>&amp;Сохранить</translation>
        </message>
        <message>
            <source>Write the scenario to its file</source>
            <translation>Записать сценарий в его файл</translation>
        </message>
        <message>
            <source>Save &amp;as…</source>
            <translation>Сохранить &amp;как…</translation>
        </message>
        <message>
            <source>Write the scenario to another file</source>
            <translation>Записать сценарий в другой файл</translation>
        </message>
        <message>
            <source>&amp;Close window</source>
            <translation>&amp;Закрыть окно</translation>
        </message>
        <message>
            <source>Close this window</source>
            <translation>Закрыть это окно</translation>
        </message>
        <message>
            <source>&amp;Quit</source>
            <translation>В&amp;ыход</translation>
        </message>
        <message>
            <source>Close all windows</source>
            <translation>Закрыть все окна</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Правка</translation>
        </message>
        <message>
            <source>&amp;Undo</source>
            <translation>&amp;Отменить</translation>
        </message>
        <message>
            <source>Take back the last edit</source>
            <translation>Отменить последнюю правку</translation>
        </message>
        <message>
            <source>&amp;Redo</source>
            <translation>&amp;Вернуть</translation>
        </message>
        <message>
            <source>Do again what was taken back</source>
            <translation>Вернуть отменённую правку</translation>
        </message>
        <message>
            <source>Cu&amp;t</source>
            <translation>В&amp;ырезать</translation>
        </message>
        <message>
            <source>Cut the selected parts of the design</source>
            <translation>Вырезать выделенное</translation>
        </message>
        <message>
            <source>&amp;Copy</source>
            <translation>&amp;Копировать</translation>
        </message>
        <message>
            <source>Copy the selected parts of the design</source>
            <translation>Скопировать выделенное</translation>
        </message>
        <message>
            <source>&amp;Paste</source>
            <translation>В&amp;ставить</translation>
        </message>
        <message>
            <source>Paste parts of a design, also from another window</source>
            <translation>Вставить части схемы, в том числе из другого окна</translation>
        </message>
        <message>
            <source>&amp;Duplicate</source>
            <translation>&amp;Дублировать</translation>
        </message>
        <message>
            <source>Make a second one beside the selected ones</source>
            <translation>Сделать копию рядом с выделенным</translation>
        </message>
        <message>
            <source>De&amp;lete</source>
            <translation>&amp;Удалить</translation>
        </message>
        <message>
            <source>Delete what is selected, with its wires</source>
            <translation>Удалить выделенное вместе со связями</translation>
        </message>
        <message>
            <source>Select &amp;all</source>
            <translation>Выделить вс&amp;ё</translation>
        </message>
        <message>
            <source>Select every node</source>
            <translation>Выделить все узлы</translation>
        </message>
        <message>
            <source>&amp;Find a component</source>
            <translation>&amp;Найти компонент</translation>
        </message>
        <message>
            <source>Search the palette</source>
            <translation>Поиск по палитре</translation>
        </message>
        <message>
            <source>&amp;Settings…</source>
            <translation>&amp;Настройки…</translation>
        </message>
        <message>
            <source>Language, theme, saving, speed</source>
            <translation>Язык, тема, сохранение, скорость</translation>
        </message>
        <message>
            <source>View</source>
            <translation>Вид</translation>
        </message>
        <message>
            <source>Zoom &amp;in</source>
            <translation>&amp;Крупнее</translation>
        </message>
        <message>
            <source>Show the design larger</source>
            <translation>Показать схему крупнее</translation>
        </message>
        <message>
            <source>Zoom &amp;out</source>
            <translation>&amp;Мельче</translation>
        </message>
        <message>
            <source>Show the design smaller</source>
            <translation>Показать схему мельче</translation>
        </message>
        <message>
            <source>&amp;Actual size</source>
            <translation>&amp;Настоящий размер</translation>
        </message>
        <message>
            <source>Show the design at 100 %</source>
            <translation>Показать схему в масштабе 100 %</translation>
        </message>
        <message>
            <source>&amp;Fit</source>
            <translation>Показать &amp;всё</translation>
        </message>
        <message>
            <source>Show the whole design</source>
            <translation>Показать всю схему</translation>
        </message>
        <message>
            <source>Fit &amp;selection</source>
            <translation>Показать в&amp;ыделенное</translation>
        </message>
        <message>
            <source>Show what is selected as large as fits</source>
            <translation>Показать выделенное как можно крупнее</translation>
        </message>
        <message>
            <source>Snap to &amp;grid</source>
            <translation>Привязка к &amp;сетке</translation>
        </message>
        <message>
            <source>Nodes that are moved keep to the grid</source>
            <translation>Узлы при перемещении держатся сетки</translation>
        </message>
        <message>
            <source>&amp;Minimap</source>
            <translation>Мини-к&amp;арта</translation>
        </message>
        <message>
            <source>A small picture of the whole design</source>
            <translation>Маленькое изображение всей схемы</translation>
        </message>
        <message>
            <source>&amp;Request dots</source>
            <translation>&amp;Точки запросов</translation>
        </message>
        <message>
            <source>Dots on the wires for the requests of a run</source>
            <translation>Точки на связях, изображающие запросы прогона</translation>
        </message>
        <message>
            <source>Reset &amp;layout</source>
            <translation>С&amp;бросить расположение</translation>
        </message>
        <message>
            <source>Put all panels where they were at first</source>
            <translation>Вернуть все панели на первоначальные места</translation>
        </message>
        <message>
            <source>F&amp;ull screen</source>
            <translation>Во весь &amp;экран</translation>
        </message>
        <message>
            <source>Use the whole screen</source>
            <translation>Занять весь экран</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Модель</translation>
        </message>
        <message>
            <source>Add &amp;zone</source>
            <translation>Добавить &amp;зону</translation>
        </message>
        <message>
            <source>A frame for nodes that stand in one place</source>
            <translation>Рамка для узлов, стоящих в одном месте</translation>
        </message>
        <message>
            <source>Add &amp;note</source>
            <translation>Добавить з&amp;аметку</translation>
        </message>
        <message>
            <source>A text on the canvas</source>
            <translation>Текст на схеме</translation>
        </message>
        <message>
            <source>Arrange a&amp;utomatically</source>
            <translation>&amp;Разложить автоматически</translation>
        </message>
        <message>
            <source>Place the selected nodes, or all, in layers along the wires</source>
            <translation>Разложить выделенные узлы, или все, слоями вдоль связей</translation>
        </message>
        <message>
            <source>Align &amp;left</source>
            <translation>По &amp;левому краю</translation>
        </message>
        <message>
            <source>Left edges in one line</source>
            <translation>Левые края на одной линии</translation>
        </message>
        <message>
            <source>Align &amp;right</source>
            <translation>По &amp;правому краю</translation>
        </message>
        <message>
            <source>Right edges in one line</source>
            <translation>Правые края на одной линии</translation>
        </message>
        <message>
            <source>Align &amp;top</source>
            <translation>По &amp;верхнему краю</translation>
        </message>
        <message>
            <source>Upper edges in one line</source>
            <translation>Верхние края на одной линии</translation>
        </message>
        <message>
            <source>Align &amp;bottom</source>
            <translation>По &amp;нижнему краю</translation>
        </message>
        <message>
            <source>Lower edges in one line</source>
            <translation>Нижние края на одной линии</translation>
        </message>
        <message>
            <source>Centres in a r&amp;ow</source>
            <translation>Центры в &amp;ряд</translation>
        </message>
        <message>
            <source>Centres on one horizontal line</source>
            <translation>Центры на одной горизонтали</translation>
        </message>
        <message>
            <source>Centres in a &amp;column</source>
            <translation>Центры в &amp;столбец</translation>
        </message>
        <message>
            <source>Centres on one vertical line</source>
            <translation>Центры на одной вертикали</translation>
        </message>
        <message>
            <source>Distribute &amp;horizontally</source>
            <translation>Распределить по &amp;горизонтали</translation>
        </message>
        <message>
            <source>Equal gaps from left to right</source>
            <translation>Равные промежутки слева направо</translation>
        </message>
        <message>
            <source>Distribute &amp;vertically</source>
            <translation>Распределить по в&amp;ертикали</translation>
        </message>
        <message>
            <source>Equal gaps from top to bottom</source>
            <translation>Равные промежутки сверху вниз</translation>
        </message>
        <message>
            <source>Rena&amp;me…</source>
            <translation>Пере&amp;именовать…</translation>
        </message>
        <message>
            <source>Next &amp;problem</source>
            <translation>Следующая &amp;ошибка</translation>
        </message>
        <message>
            <source>Go to the next problem of the file</source>
            <translation>Перейти к следующей ошибке файла</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Прогон</translation>
        </message>
        <message>
            <source>&amp;Run</source>
            <translation>&amp;Прогон</translation>
        </message>
        <message>
            <source>Run the design, or go on</source>
            <translation>Запустить схему или продолжить</translation>
        </message>
        <message>
            <source>&amp;Pause</source>
            <translation>&amp;Пауза</translation>
        </message>
        <message>
            <source>Stand still; nothing is lost</source>
            <translation>Остановиться; ничего не теряется</translation>
        </message>
        <message>
            <source>&amp;Step</source>
            <translation>&amp;Шаг</translation>
        </message>
        <message>
            <source>One event</source>
            <translation>Одно событие</translation>
        </message>
        <message>
            <source>Step to the next &amp;point</source>
            <translation>Шаг до следующей &amp;точки</translation>
        </message>
        <message>
            <source>On to the next point of the charts</source>
            <translation>До следующей точки графиков</translation>
        </message>
        <message>
            <source>S&amp;top</source>
            <translation>&amp;Стоп</translation>
        </message>
        <message>
            <source>End the run; what was measured stays</source>
            <translation>Завершить прогон; измеренное остаётся</translation>
        </message>
        <message>
            <source>R&amp;estart</source>
            <translation>&amp;Заново</translation>
        </message>
        <message>
            <source>Begin again, with the design as it is now</source>
            <translation>Начать сначала с нынешней схемой</translation>
        </message>
        <message>
            <source>Restart with a &amp;new seed</source>
            <translation>Заново с &amp;другим зерном</translation>
        </message>
        <message>
            <source>Begin again with other random numbers</source>
            <translation>Начать сначала с другими случайными числами</translation>
        </message>
        <message>
            <source>&amp;Faster</source>
            <translation>&amp;Быстрее</translation>
        </message>
        <message>
            <source>More virtual time in a second</source>
            <translation>Больше модельного времени в секунду</translation>
        </message>
        <message>
            <source>Slo&amp;wer</source>
            <translation>&amp;Медленнее</translation>
        </message>
        <message>
            <source>Less virtual time in a second</source>
            <translation>Меньше модельного времени в секунду</translation>
        </message>
        <message>
            <source>To a &amp;time…</source>
            <translation>До &amp;момента…</translation>
        </message>
        <message>
            <source>Run to a moment of virtual time, then pause</source>
            <translation>Выполнить до момента модельного времени и остановиться</translation>
        </message>
        <message>
            <source>To the next f&amp;ault</source>
            <translation>До следующего с&amp;боя</translation>
        </message>
        <message>
            <source>To the next SLO &amp;breach</source>
            <translation>До следующего &amp;нарушения SLO</translation>
        </message>
        <message>
            <source>Run until an objective is breached, then pause</source>
            <translation>Выполнить до нарушения цели и остановиться</translation>
        </message>
        <message>
            <source>To a c&amp;ondition…</source>
            <translation>До &amp;условия…</translation>
        </message>
        <message>
            <source>Run until a claim over measured values holds, then pause</source>
            <translation>Выполнить, пока не станет верным утверждение об измеренном, и остановиться</translation>
        </message>
        <message>
            <source>Run again to &amp;here</source>
            <translation>Повторить &amp;досюда</translation>
        </message>
        <message>
            <source>Play the same run again to exactly the moment of the time cursor</source>
            <translation>Проиграть тот же прогон ровно до момента под курсором времени</translation>
        </message>
        <message>
            <source>Show the ne&amp;west</source>
            <translation>К &amp;последнему моменту</translation>
        </message>
        <message>
            <source>Leave the past moment of the time cursor</source>
            <translation>Уйти из прошлого момента под курсором времени</translation>
        </message>
        <message>
            <source>Heal &amp;everything</source>
            <translation>&amp;Исправить всё</translation>
        </message>
        <message>
            <source>End every fault done by hand</source>
            <translation>Закончить все сбои, сделанные вручную</translation>
        </message>
        <message>
            <source>&amp;Keep the faults done by hand</source>
            <translation>&amp;Записать сделанные вручную сбои</translation>
        </message>
        <message>
            <source>Write them into the scenario, so that the run can be repeated</source>
            <translation>Внести их в сценарий, чтобы прогон можно было повторить</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>Отчёт</translation>
        </message>
        <message>
            <source>&amp;Pin this result</source>
            <translation>&amp;Закрепить этот результат</translation>
        </message>
        <message>
            <source>Keep the result to compare the next one with</source>
            <translation>Оставить результат, чтобы сравнить с ним следующий</translation>
        </message>
        <message>
            <source>&amp;Unpin</source>
            <translation>&amp;Открепить</translation>
        </message>
        <message>
            <source>Forget the result that was pinned</source>
            <translation>Забыть закреплённый результат</translation>
        </message>
        <message>
            <source>&amp;Compare with pinned</source>
            <translation>&amp;Сравнить с прежним</translation>
        </message>
        <message>
            <source>A table of what differs from the pinned result</source>
            <translation>Таблица отличий от закреплённого результата</translation>
        </message>
        <message>
            <source>&amp;Replications and sweeps…</source>
            <translation>&amp;Повторы и переборы…</translation>
        </message>
        <message>
            <source>Run the design many times, or with several values of a parameter</source>
            <translation>Прогнать схему много раз или с разными значениями параметра</translation>
        </message>
        <message>
            <source>&amp;Export the report…</source>
            <translation>&amp;Выгрузить отчёт…</translation>
        </message>
        <message>
            <source>Topology, figures and charts as a page or PDF</source>
            <translation>Топология, показатели и графики в виде страницы или PDF</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>Справка</translation>
        </message>
        <message>
            <source>&amp;Keyboard shortcuts</source>
            <translation>&amp;Сочетания клавиш</translation>
        </message>
        <message>
            <source>What can be done by keyboard</source>
            <translation>Что можно сделать с клавиатуры</translation>
        </message>
        <message>
            <source>Show the &amp;tour</source>
            <translation>Показать &amp;обзор</translation>
        </message>
        <message>
            <source>The parts of this window in six steps</source>
            <translation>Части этого окна в шести шагах</translation>
        </message>
        <message>
            <source>&amp;Guide to the window</source>
            <translation>&amp;Руководство по окну</translation>
        </message>
        <message>
            <source>The page about this window</source>
            <translation>Страница об этом окне</translation>
        </message>
        <message>
            <source>&amp;About Faultline</source>
            <translation>О &amp;программе Faultline</translation>
        </message>
        <message>
            <source>Version and licences</source>
            <translation>Версия и лицензии</translation>
        </message>
        <message>
            <source>Rename the node or the zone, and every reference to it</source>
            <translation>Переименовать узел или зону и все ссылки на них</translation>
        </message>
        <message>
            <source>Run until the next fault begins, then pause</source>
            <translation>Выполнить до начала следующего сбоя и остановиться</translation>
        </message>
    </context>
    <context>
        <name>Application</name>
        <message>
            <source>Designs, runs and breaks models of distributed systems.</source>
            <translation>Проектирует, запускает и ломает модели распределённых систем.</translation>
        </message>
        <message>
            <source>Scenario files to open.</source>
            <translation>Файлы сценариев, которые открыть.</translation>
        </message>
        <message>
            <source>Language: ru, en or system.</source>
            <translation>Язык: ru, en или system.</translation>
        </message>
        <message>
            <source>Look: light, dark or system.</source>
            <translation>Тема: light, dark или system.</translation>
        </message>
        <message>
            <source>Run the first file at once.</source>
            <translation>Сразу запустить первый файл.</translation>
        </message>
        <message>
            <source>Write a picture of the window to a file and end.</source>
            <translation>Записать снимок окна в файл и завершиться.</translation>
        </message>
        <message>
            <source>How many seconds before the picture is taken.</source>
            <translation>Через сколько секунд сделать снимок.</translation>
        </message>
        <message>
            <source>Keep a file with what the window shows, for scripts.</source>
            <translation>Вести файл с тем, что показывает окно, для скриптов.</translation>
        </message>
        <message>
            <source>Neither tour nor gallery at the start.</source>
            <translation>При запуске ни обзора, ни галереи.</translation>
        </message>
        <message>
            <source>Size of the window in pixels.</source>
            <translation>Размер окна в пикселях.</translation>
        </message>
    </context>
    <context>
        <name>ComponentTypes</name>
        <message>
            <source>Other</source>
            <translation>Прочее</translation>
        </message>
    </context>
    <context>
        <name>Docks</name>
        <message>
            <source>Components</source>
            <translation>Компоненты</translation>
        </message>
        <message>
            <source>Inspector</source>
            <translation>Инспектор</translation>
        </message>
        <message>
            <source>JSON</source>
            <translation>JSON</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>Задержка</translation>
        </message>
        <message>
            <source>Distribution</source>
            <translation>Распределение</translation>
        </message>
        <message>
            <source>Load by node</source>
            <translation>Загрузка по узлам</translation>
        </message>
        <message>
            <source>Cache hits</source>
            <translation>Попадания в кэш</translation>
        </message>
        <message>
            <source>Event log</source>
            <translation>Журнал событий</translation>
        </message>
        <message>
            <source>Throughput</source>
            <translation>Поток запросов</translation>
        </message>
        <message>
            <source>Objectives</source>
            <translation>Цели</translation>
        </message>
        <message>
            <source>Consistency</source>
            <translation>Согласованность</translation>
        </message>
        <message>
            <source>Requests</source>
            <translation>Запросы</translation>
        </message>
        <message>
            <source>Next events</source>
            <translation>Очередь событий</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>Сравнение</translation>
        </message>
        <message>
            <source>Sweeps</source>
            <translation>Переборы</translation>
        </message>
        <message>
            <source>Problems</source>
            <translation>Ошибки</translation>
        </message>
    </context>
    <context>
        <name>FaultAdvisor</name>
        <message>
            <source>Slow, 2 times</source>
            <translation>Замедление, в 2 раза</translation>
        </message>
        <message>
            <source>Slow, 10 times</source>
            <translation>Замедление, в 10 раз</translation>
        </message>
        <message>
            <source>Errors, 10 %</source>
            <translation>Ошибки, 10 %</translation>
        </message>
        <message>
            <source>Errors, all</source>
            <translation>Ошибки, все ответы</translation>
        </message>
        <message>
            <source>Slow link, +50 ms</source>
            <translation>Медленный канал, +50 мс</translation>
        </message>
        <message>
            <source>Slow link, +500 ms</source>
            <translation>Медленный канал, +500 мс</translation>
        </message>
        <message>
            <source>Lossy link, 1 %</source>
            <translation>Потери в канале, 1 %</translation>
        </message>
        <message>
            <source>Lossy link, 20 %</source>
            <translation>Потери в канале, 20 %</translation>
        </message>
        <message>
            <source>Bad deployment, 3 times slower</source>
            <translation>Неудачный выпуск, втрое медленнее</translation>
        </message>
        <message>
            <source>Bad deployment, 20 % errors</source>
            <translation>Неудачный выпуск, 20 % ошибок</translation>
        </message>
        <message>
            <source>Link down, this way only</source>
            <translation>Обрыв канала, только в эту сторону</translation>
        </message>
        <message>
            <source>Partition from %1</source>
            <translation>Разделение с %1</translation>
        </message>
        <message>
            <source>Cut from the rest</source>
            <translation>Отрезать от остальных</translation>
        </message>
        <message>
            <source>Cut between the two</source>
            <translation>Разорвать связь между двумя</translation>
        </message>
        <message>
            <source>Cut each from the others chosen</source>
            <translation>Отрезать выбранные друг от друга</translation>
        </message>
        <message>
            <source>Cut from %1 to %2 only</source>
            <translation>Разорвать связь только от %1 к %2</translation>
        </message>
    </context>
    <context>
        <name>Format</name>
        <message>
            <source>s</source>
            <translation>с</translation>
        </message>
        <message>
            <source>ns</source>
            <translation>нс</translation>
        </message>
        <message>
            <source>µs</source>
            <translation>мкс</translation>
        </message>
        <message>
            <source>ms</source>
            <translation>мс</translation>
        </message>
        <message>
            <source>d</source>
            <translation>д</translation>
        </message>
        <message>
            <source>h</source>
            <translation>ч</translation>
        </message>
        <message>
            <source>min</source>
            <translation>мин</translation>
        </message>
        <message>
            <source>/s</source>
            <translation>/с</translation>
        </message>
        <message>
            <source>k</source>
            <translation>тыс.</translation>
        </message>
        <message>
            <source>M</source>
            <translation>млн</translation>
        </message>
        <message>
            <source>G</source>
            <translation>млрд</translation>
        </message>
        <message>
            <source>B</source>
            <translation>Б</translation>
        </message>
        <message>
            <source>KiB</source>
            <translation>КиБ</translation>
        </message>
        <message>
            <source>MiB</source>
            <translation>МиБ</translation>
        </message>
        <message>
            <source>GiB</source>
            <translation>ГиБ</translation>
        </message>
    </context>
    <context>
        <name>Inspector</name>
        <message>
            <source>required</source>
            <translation>обязателен</translation>
        </message>
        <message>
            <source>usually %1</source>
            <translation>обычно %1</translation>
        </message>
    </context>
    <context>
        <name>NodeState</name>
        <message>
            <source>down</source>
            <translation>не работает</translation>
        </message>
        <message>
            <source>standing still</source>
            <translation>стоит</translation>
        </message>
        <message>
            <source>slow</source>
            <translation>медленный</translation>
        </message>
        <message>
            <source>cut off</source>
            <translation>отрезан</translation>
        </message>
        <message>
            <source>draining</source>
            <translation>отключается</translation>
        </message>
        <message>
            <source>faulty</source>
            <translation>сбоит</translation>
        </message>
        <message>
            <source>not in service</source>
            <translation>не в строю</translation>
        </message>
        <message>
            <source>starting</source>
            <translation>запускается</translation>
        </message>
        <message>
            <source>in order</source>
            <translation>в порядке</translation>
        </message>
    </context>
    <context>
        <name>ScenePainter</name>
        <message>
            <source>down</source>
            <translation>не работает</translation>
        </message>
        <message>
            <source>%1 of %2 down</source>
            <translation>не работают %1 из %2</translation>
        </message>
        <message>
            <source>cut off</source>
            <translation>отрезан</translation>
        </message>
        <message>
            <source>%1 of %2 cut off</source>
            <translation>отрезаны %1 из %2</translation>
        </message>
        <message>
            <source>paused</source>
            <translation>на паузе</translation>
        </message>
        <message>
            <source>%1 of %2 paused</source>
            <translation>на паузе %1 из %2</translation>
        </message>
        <message>
            <source>slow</source>
            <translation>замедлен</translation>
        </message>
        <message>
            <source>%1 of %2 slow</source>
            <translation>замедлены %1 из %2</translation>
        </message>
        <message>
            <source>draining</source>
            <translation>опорожняется</translation>
        </message>
        <message>
            <source>%1 of %2 draining</source>
            <translation>опорожняются %1 из %2</translation>
        </message>
        <message>
            <source>disturbed</source>
            <translation>сбоит</translation>
        </message>
        <message>
            <source>%1 of %2 disturbed</source>
            <translation>сбоят %1 из %2</translation>
        </message>
        <message>
            <source>hit %1</source>
            <translation>поп. %1</translation>
        </message>
        <message>
            <source>p99 %1</source>
            <translation>p99 %1</translation>
        </message>
        <message>
            <source>Nobody stands here yet</source>
            <translation>Здесь пока никого</translation>
        </message>
        <message>
            <source>%1 is missing</source>
            <translation>нет узла %1</translation>
        </message>
        <message>
            <source>cut</source>
            <translation>разрыв</translation>
        </message>
        <message>
            <source>%1 cut</source>
            <translation>разрыв %1</translation>
        </message>
        <message>
            <source>%1, %2 fail</source>
            <translation>%1, сбоев %2</translation>
        </message>
        <message>
            <source>unknown type %1</source>
            <translation>неизвестный тип %1</translation>
        </message>
        <message>
            <source>%1 (old)</source>
            <translation>%1 (прежн.)</translation>
        </message>
        <message>
            <source>%1: %2 of %3</source>
            <comment>name of a group, its replicas here, all of them</comment>
            <translation>%1: %2 из %3</translation>
        </message>
        <message>
            <source>zones: %1</source>
            <translation>зон: %1</translation>
        </message>
        <message>
            <source>Also here: %1</source>
            <translation>Также здесь: %1</translation>
        </message>
        <message>
            <source>Replicas here:</source>
            <translation>Реплики здесь:</translation>
        </message>
        <message>
            <source>%1 fail</source>
            <translation>сбоев %1</translation>
        </message>
    </context>
    <context>
        <name>Wires</name>
        <message>
            <source>There is no node type "%1"</source>
            <translation>Типа узла «%1» нет</translation>
        </message>
        <message>
            <source>%1: calls nobody</source>
            <translation>%1: никого не вызывает</translation>
        </message>
        <message>
            <source>%1: takes no requests</source>
            <translation>%1: не принимает запросов</translation>
        </message>
        <message>
            <source>%1: has no port "%2"</source>
            <translation>%1: нет порта «%2»</translation>
        </message>
        <message>
            <source>a node that takes requests</source>
            <translation>узел, принимающий запросы</translation>
        </message>
        <message>
            <source>a cache</source>
            <translation>кэш</translation>
        </message>
        <message>
            <source>a store</source>
            <translation>хранилище</translation>
        </message>
        <message>
            <source>a name server</source>
            <translation>сервер имён</translation>
        </message>
        <message>
            <source>a directory of shards</source>
            <translation>каталог шардов</translation>
        </message>
        <message>
            <source>a database with an isolation</source>
            <translation>база данных с изоляцией</translation>
        </message>
        <message>
            <source>%1 does not fit: %2 is asked for</source>
            <translation>%1 не подходит: нужен %2</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui</name>
        <message>
            <source>%1 (pinned)</source>
            <translation>%1 (закреплён)</translation>
        </message>
        <message>
            <source>SLO "%1" breached</source>
            <translation>SLO «%1» нарушен</translation>
        </message>
        <message>
            <source>dashed: %1</source>
            <translation>пунктир: %1</translation>
        </message>
        <message>
            <source>%1 to %2, one point each %3</source>
            <translation>от %1 до %2, точка на каждые %3</translation>
        </message>
        <message>
            <source>%1 to %2, after a warm-up of %3</source>
            <translation>от %1 до %2, после прогрева %3</translation>
        </message>
        <message>
            <source>%1 to %2</source>
            <translation>от %1 до %2</translation>
        </message>
        <message>
            <source>%1; %2 replications pooled</source>
            <translation>%1; повторы сведены вместе: %2</translation>
        </message>
        <message>
            <source>(no fault)</source>
            <translation>(нет сбоя)</translation>
        </message>
        <message>
            <source>at random, every %1 on average</source>
            <translation>случайно, в среднем раз в %1</translation>
        </message>
        <message>
            <source>without a time</source>
            <translation>без времени</translation>
        </message>
        <message>
            <source>, for %1 on average</source>
            <translation>, в среднем на %1</translation>
        </message>
        <message>
            <source>every %1</source>
            <translation>каждые %1</translation>
        </message>
        <message>
            <source>calm</source>
            <translation>затишье</translation>
        </message>
        <message>
            <source>by hand</source>
            <translation>вручную</translation>
        </message>
        <message>
            <source>Move incident</source>
            <translation>Перенос инцидента</translation>
        </message>
        <message>
            <source>Move phase</source>
            <translation>Перенос фазы</translation>
        </message>
        <message>
            <source>Move fault</source>
            <translation>Перенос сбоя</translation>
        </message>
        <message>
            <source>Stretch phase</source>
            <translation>Растяжение фазы</translation>
        </message>
        <message>
            <source>Stretch fault</source>
            <translation>Растяжение сбоя</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Переименование</translation>
        </message>
        <message>
            <source>Change fault</source>
            <translation>Изменение сбоя</translation>
        </message>
        <message>
            <source>Delete incident</source>
            <translation>Удаление инцидента</translation>
        </message>
        <message>
            <source>Delete phase</source>
            <translation>Удаление фазы</translation>
        </message>
        <message>
            <source>Delete fault</source>
            <translation>Удаление сбоя</translation>
        </message>
        <message>
            <source>The name must end in .html or .pdf: %1</source>
            <translation>Имя должно оканчиваться на .html или .pdf: %1</translation>
        </message>
        <message>
            <source>Cannot write %1: %2</source>
            <translation>Не удалось записать %1: %2</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::AboutDialog</name>
        <message>
            <source>About Faultline</source>
            <translation>О программе Faultline</translation>
        </message>
        <message>
            <source>&lt;p&gt;A discrete-event simulator of distributed systems: design one, run it, break it, and see what its users would have seen.&lt;/p&gt;&lt;p&gt;The sources of Faultline are under the Apache License 2.0.&lt;/p&gt;&lt;p&gt;This window uses Qt %1 (LGPL-3) and QCustomPlot (GPL-3). Because it links QCustomPlot, the program &lt;i&gt;faultline-gui&lt;/i&gt; as a whole may be passed on under the GNU General Public License, version 3. The program &lt;i&gt;faultline&lt;/i&gt; without the window is not concerned by that.&lt;/p&gt;</source>
            <translation>&lt;p&gt;Дискретно-событийный симулятор распределённых систем: спроектируйте систему, запустите её, сломайте и посмотрите, что увидели бы её пользователи.&lt;/p&gt;&lt;p&gt;Исходные тексты Faultline распространяются по лицензии Apache 2.0.&lt;/p&gt;&lt;p&gt;Это окно использует Qt %1 (LGPL-3) и QCustomPlot (GPL-3). Поскольку оно связано с QCustomPlot, программа &lt;i&gt;faultline-gui&lt;/i&gt; целиком может распространяться по GNU General Public License версии 3. Программы &lt;i&gt;faultline&lt;/i&gt; без окна это не касается.&lt;/p&gt;</translation>
        </message>
        <message>
            <source>About Qt</source>
            <translation>О Qt</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Actions</name>
        <message>
            <source>Run or pause</source>
            <translation>Запуск или пауза</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Application</name>
        <message>
            <source>An unknown error.</source>
            <translation>Неизвестная ошибка.</translation>
        </message>
        <message>
            <source>Something went wrong</source>
            <translation>Что-то пошло не так</translation>
        </message>
        <message>
            <source>The program has a mistake. Your scenario is as it was; saving it now would be wise.</source>
            <translation>В программе ошибка. Ваш сценарий цел; разумно сохранить его сейчас.</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::AvailabilityModel</name>
        <message>
            <source>ok %1, failed %2, timed out %3</source>
            <translation>успешно %1, отказы %2, тайм-ауты %3</translation>
        </message>
        <message>
            <source>all together</source>
            <translation>все вместе</translation>
        </message>
        <message>
            <source>writes</source>
            <translation>записи</translation>
        </message>
        <message>
            <source>reads</source>
            <translation>чтения</translation>
        </message>
        <message>
            <source>Side</source>
            <translation>Сторона</translation>
        </message>
        <message>
            <source>Operations</source>
            <translation>Операции</translation>
        </message>
        <message>
            <source>Before</source>
            <translation>До</translation>
        </message>
        <message>
            <source>During</source>
            <translation>Во время</translation>
        </message>
        <message>
            <source>After</source>
            <translation>После</translation>
        </message>
        <message>
            <source>Longest outage</source>
            <translation>Самый долгий простой</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Banner</name>
        <message>
            <source>Hide this message</source>
            <translation>Скрыть это сообщение</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::BatchModel</name>
        <message>
            <source>as in the scenario</source>
            <translation>как в сценарии</translation>
        </message>
        <message>
            <source>Scenario</source>
            <translation>Сценарий</translation>
        </message>
        <message>
            <source>Throughput</source>
            <translation>Проп. способность</translation>
        </message>
        <message>
            <source>p50</source>
            <translation>p50</translation>
        </message>
        <message>
            <source>p99</source>
            <translation>p99</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Отказы</translation>
        </message>
        <message>
            <source>Unknown</source>
            <translation>Неизвестно</translation>
        </message>
        <message>
            <source>SLO %1</source>
            <translation>SLO %1</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::BatchPanel</name>
        <message>
            <source>%1, %2</source>
            <translation>%1, %2</translation>
        </message>
        <message>
            <source>Done.</source>
            <translation>Готово.</translation>
        </message>
        <message>
            <source>Cancelled: what is complete stays.</source>
            <translation>Отменено: то, что завершено, остаётся.</translation>
        </message>
        <message>
            <source>It could not go on: %1</source>
            <translation>Продолжить нельзя: %1</translation>
        </message>
        <message>
            <source>Vary</source>
            <translation>Менять</translation>
        </message>
        <message>
            <source>Values</source>
            <translation>Значения</translation>
        </message>
        <message>
            <source>Replications</source>
            <translation>Повторы</translation>
        </message>
        <message>
            <source>nothing: replications only</source>
            <translation>ничего: только повторы</translation>
        </message>
        <message>
            <source>Parameter to vary</source>
            <translation>Изменяемый параметр</translation>
        </message>
        <message>
            <source>1, 2, 4  or  4..32 step 4</source>
            <translation>1, 2, 4  или  4..32 step 4</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>Начать</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Отмена</translation>
        </message>
        <message>
            <source>Show</source>
            <translation>Показать</translation>
        </message>
        <message>
            <source>Show this result in the charts</source>
            <translation>Показать этот результат на графиках</translation>
        </message>
        <message>
            <source>Pin</source>
            <translation>Закрепить</translation>
        </message>
        <message>
            <source>Pin this result to compare with</source>
            <translation>Закрепить этот результат для сравнения</translation>
        </message>
        <message>
            <source>Number that is drawn</source>
            <translation>Изображаемая величина</translation>
        </message>
        <message>
            <source>Results of the sweep</source>
            <translation>Результаты перебора</translation>
        </message>
        <message>
            <source>Replications and sweeps</source>
            <translation>Повторы и перебор значений</translation>
        </message>
        <message>
            <source>Over the values</source>
            <translation>По значениям</translation>
        </message>
        <message>
            <source>Start replications or a sweep to see its numbers here.</source>
            <translation>Запустите повторы или перебор: здесь появятся его числа.</translation>
        </message>
        <message>
            <source>The scenario has problems: mend them first.</source>
            <translation>В сценарии есть ошибки: сначала исправьте их.</translation>
        </message>
        <message>
            <source>Give the values to try.</source>
            <translation>Укажите значения для перебора.</translation>
        </message>
        <message>
            <source>Now %1. Give the values to try.</source>
            <translation>Сейчас %1. Укажите значения для перебора.</translation>
        </message>
        <message>
            <source>; at least 2 replications give intervals</source>
            <translation>; интервалы появятся от 2 повторов</translation>
        </message>
        <message>
            <source>%1 of %2 runs</source>
            <translation>%1 из %2 прогонов</translation>
        </message>
        <message>
            <source>, %1 left</source>
            <translation>, осталось %1</translation>
        </message>
        <message>
            <source>value</source>
            <translation>значение</translation>
        </message>
        <message>
            <source>95 % interval, low end</source>
            <translation>95 % интервал, нижняя граница</translation>
        </message>
        <message>
            <source>95 % interval, high end</source>
            <translation>95 % интервал, верхняя граница</translation>
        </message>
        <message>
            <source>%1 replications of the scenario</source>
            <translation>повторов сценария: %1</translation>
        </message>
        <message>
            <source>over %1, %2 replications of each</source>
            <translation>по %1, повторов каждого: %2</translation>
        </message>
        <message>
            <source>; values in their order</source>
            <translation>; значения по порядку</translation>
        </message>
        <message>
            <source>Cannot write %1: %2</source>
            <translation>Не удалось записать %1: %2</translation>
        </message>
        <message>
            <source>Export results</source>
            <translation>Экспорт результатов</translation>
        </message>
        <message>
            <source>Numbers (*.csv)</source>
            <translation>Числа (*.csv)</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Экспорт…</translation>
        </message>
        <message>
            <source>Runs: %1</source>
            <translation>Прогонов: %1</translation>
        </message>
        <message>
            <source>Begins…</source>
            <translation>Начинается…</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::BoolEditor</name>
        <message>
            <source>several values</source>
            <translation>разные значения</translation>
        </message>
        <message>
            <source>yes</source>
            <translation>да</translation>
        </message>
        <message>
            <source>no</source>
            <translation>нет</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::BudgetChart</name>
        <message>
            <source>Error budget spent</source>
            <translation>Истрачено бюджета ошибок</translation>
        </message>
        <message>
            <source>Run a scenario with objectives ("slos") to see their budgets here.</source>
            <translation>Запустите сценарий с целями («slos»), и здесь появятся их бюджеты.</translation>
        </message>
        <message>
            <source>No objective ("slos") has judged a request yet.</source>
            <translation>Ни одна цель («slos») ещё не оценила ни одного запроса.</translation>
        </message>
        <message>
            <source>%1 (pinned)</source>
            <translation>%1 (закреплён)</translation>
        </message>
        <message>
            <source>of the budget of the requests so far, %1; 100 % is all of it</source>
            <translation>от бюджета запросов на этот момент, %1; 100 % — весь бюджет</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::CacheChart</name>
        <message>
            <source>Cache hits</source>
            <translation>Попадания в кэш</translation>
        </message>
        <message>
            <source>Run the scenario to see the hit ratio of its caches here.</source>
            <translation>Запустите сценарий, и здесь появится доля попаданий его кэшей.</translation>
        </message>
        <message>
            <source>No cache was asked in this run.</source>
            <translation>В этом прогоне к кэшам не обращались.</translation>
        </message>
        <message>
            <source>%1 · share of lookups answered by each cache itself</source>
            <translation>%1 · доля обращений, на которые кэш ответил сам</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::CanvasView</name>
        <message>
            <source>Move</source>
            <translation>Перемещение</translation>
        </message>
        <message>
            <source>Select at least two nodes to align them.</source>
            <translation>Чтобы выровнять узлы, выделите хотя бы два.</translation>
        </message>
        <message>
            <source>Align</source>
            <translation>Выравнивание</translation>
        </message>
        <message>
            <source>Select at least three nodes to distribute them.</source>
            <translation>Чтобы распределить узлы, выделите хотя бы три.</translation>
        </message>
        <message>
            <source>Distribute</source>
            <translation>Распределение</translation>
        </message>
        <message>
            <source>Everything stands where the automatic layout would put it.</source>
            <translation>Всё уже стоит там, куда поставила бы авторасстановка.</translation>
        </message>
        <message>
            <source>Automatic layout</source>
            <translation>Авторасстановка</translation>
        </message>
        <message>
            <source>Delete zone %1</source>
            <translation>Удаление зоны %1</translation>
        </message>
        <message>
            <source>Zone</source>
            <translation>Зона</translation>
        </message>
        <message>
            <source>Delete zone</source>
            <translation>Удалить зону</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Удалить</translation>
        </message>
        <message>
            <source>Delete %1</source>
            <translation>Удаление %1</translation>
        </message>
        <message>
            <source>Delete note</source>
            <translation>Удаление заметки</translation>
        </message>
        <message>
            <source>Delete wire</source>
            <translation>Удаление связи</translation>
        </message>
        <message>
            <source>There is nothing to paste here.</source>
            <translation>Здесь нечего вставить.</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Заметка</translation>
        </message>
        <message>
            <source>Add note</source>
            <translation>Новая заметка</translation>
        </message>
        <message>
            <source>Add zone %1</source>
            <translation>Новая зона %1</translation>
        </message>
        <message>
            <source>No wire leads there.</source>
            <translation>В ту сторону нет связи.</translation>
        </message>
        <message>
            <source>%1 cannot strike now.</source>
            <translation>%1 сейчас невозможен.</translation>
        </message>
        <message>
            <source>%1 for %2</source>
            <translation>%1 на %2</translation>
        </message>
        <message>
            <source>%1 until it is healed</source>
            <translation>%1, пока не исправят</translation>
        </message>
        <message>
            <source>Add fault %1</source>
            <translation>Новый сбой %1</translation>
        </message>
        <message>
            <source>%1 is in the scenario's faults, at %2</source>
            <translation>%1 записан в сбои сценария, момент %2</translation>
        </message>
        <message>
            <source>More faults</source>
            <translation>Другие сбои</translation>
        </message>
        <message>
            <source>How long</source>
            <translation>Как долго</translation>
        </message>
        <message>
            <source>Until it is healed</source>
            <translation>Пока не исправят</translation>
        </message>
        <message>
            <source>Heal %1</source>
            <translation>Исправить %1</translation>
        </message>
        <message>
            <source>Heal everything</source>
            <translation>Исправить всё</translation>
        </message>
        <message>
            <source>Add to the scenario's faults</source>
            <translation>Записать в сбои сценария</translation>
        </message>
        <message>
            <source>One replica</source>
            <translation>Одна реплика</translation>
        </message>
        <message>
            <source>Another…</source>
            <translation>Другая…</translation>
        </message>
        <message>
            <source>Number of the replica of %1, from 0:</source>
            <translation>Номер реплики %1, считая с 0:</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>Параметры</translation>
        </message>
        <message>
            <source>Rename…</source>
            <translation>Переименовать…</translation>
        </message>
        <message>
            <source>Connect to</source>
            <translation>Соединить с</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Нет</translation>
        </message>
        <message>
            <source>New zone</source>
            <translation>Новая зона</translation>
        </message>
        <message>
            <source>Left edges</source>
            <translation>По левому краю</translation>
        </message>
        <message>
            <source>Right edges</source>
            <translation>По правому краю</translation>
        </message>
        <message>
            <source>Upper edges</source>
            <translation>По верхнему краю</translation>
        </message>
        <message>
            <source>Lower edges</source>
            <translation>По нижнему краю</translation>
        </message>
        <message>
            <source>In a row</source>
            <translation>В ряд</translation>
        </message>
        <message>
            <source>In a column</source>
            <translation>В столбец</translation>
        </message>
        <message>
            <source>Distribute across</source>
            <translation>Распределить по горизонтали</translation>
        </message>
        <message>
            <source>Distribute down</source>
            <translation>Распределить по вертикали</translation>
        </message>
        <message>
            <source>Duplicate</source>
            <translation>Дублировать</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Копировать</translation>
        </message>
        <message>
            <source>Cut</source>
            <translation>Вырезать</translation>
        </message>
        <message>
            <source>Delete one of %1</source>
            <translation>Удалить одну из %1</translation>
        </message>
        <message>
            <source>Zone %1</source>
            <translation>Зона %1</translation>
        </message>
        <message>
            <source>Select its nodes</source>
            <translation>Выделить её узлы</translation>
        </message>
        <message>
            <source>Paste</source>
            <translation>Вставить</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Изменить</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Добавить</translation>
        </message>
        <message>
            <source>Select all</source>
            <translation>Выделить всё</translation>
        </message>
        <message>
            <source>Fit</source>
            <translation>Показать всё</translation>
        </message>
        <message>
            <source>Zoom to 100 %</source>
            <translation>Масштаб 100 %</translation>
        </message>
        <message>
            <source>Snap to grid</source>
            <translation>Привязка к сетке</translation>
        </message>
        <message>
            <source>Request dots</source>
            <translation>Точки запросов</translation>
        </message>
        <message>
            <source>Minimap</source>
            <translation>Миникарта</translation>
        </message>
        <message>
            <source>in zone %1</source>
            <translation>в зоне %1</translation>
        </message>
        <message>
            <source>Utilisation, mean of the replicas</source>
            <translation>Загрузка, среднее по репликам</translation>
        </message>
        <message>
            <source>Utilisation</source>
            <translation>Загрузка</translation>
        </message>
        <message>
            <source>Waiting, all replicas</source>
            <translation>В очереди, все реплики</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>В очереди</translation>
        </message>
        <message>
            <source>Hit ratio</source>
            <translation>Доля попаданий</translation>
        </message>
        <message>
            <source>Received</source>
            <translation>Получено</translation>
        </message>
        <message>
            <source>Answered ok</source>
            <translation>Успешных ответов</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Неудач</translation>
        </message>
        <message>
            <source>Latency p50, slowest replica</source>
            <translation>Задержка p50, худшая реплика</translation>
        </message>
        <message>
            <source>Latency p50</source>
            <translation>Задержка p50</translation>
        </message>
        <message>
            <source>Latency p99, slowest replica</source>
            <translation>Задержка p99, худшая реплика</translation>
        </message>
        <message>
            <source>Latency p99</source>
            <translation>Задержка p99</translation>
        </message>
        <message>
            <source>Figures of %1 to %2</source>
            <translation>Числа за %1 – %2</translation>
        </message>
        <message>
            <source>Of the old design</source>
            <translation>По прежней схеме</translation>
        </message>
        <message>
            <source>Requests sent</source>
            <translation>Отправлено запросов</translation>
        </message>
        <message>
            <source>Cut: no message passes.</source>
            <translation>Разрыв: сообщения не проходят.</translation>
        </message>
        <message>
            <source>Out of zone %1</source>
            <translation>Из зоны %1</translation>
        </message>
        <message>
            <source>Into zone %1</source>
            <translation>В зону %1</translation>
        </message>
        <message>
            <source>Move out of the zone</source>
            <translation>Перемещение из зоны</translation>
        </message>
        <message>
            <source>Move into zone %1</source>
            <translation>Перемещение в зону %1</translation>
        </message>
        <message>
            <source>Move note</source>
            <translation>Перемещение заметки</translation>
        </message>
        <message>
            <source>Reconnect to %1</source>
            <translation>Переключение связи на %1</translation>
        </message>
        <message>
            <source>Reconnect</source>
            <translation>Переключение связи</translation>
        </message>
        <message>
            <source>Connect as</source>
            <translation>Соединить как</translation>
        </message>
        <message>
            <source> (needed)</source>
            <translation> (обязательно)</translation>
        </message>
        <message>
            <source>Add and connect</source>
            <translation>Добавление и соединение</translation>
        </message>
        <message>
            <source>Resize note</source>
            <translation>Размер заметки</translation>
        </message>
        <message>
            <source>Text of the note</source>
            <translation>Текст заметки</translation>
        </message>
        <message>
            <source>Edit note</source>
            <translation>Текст заметки</translation>
        </message>
        <message>
            <source>Canvas</source>
            <translation>Схема</translation>
        </message>
        <message>
            <source>Drop here to add what it calls</source>
            <translation>Отпустите, чтобы добавить вызываемый узел</translation>
        </message>
        <message>
            <source>Nothing here yet.
Drag a component from the palette, or choose one there and press Enter.</source>
            <translation>Пока пусто.
Перетащите компонент из палитры или выберите его там и нажмите Enter.</translation>
        </message>
        <message>
            <source>The file cannot be read as JSON.
The list of problems says where it goes wrong.</source>
            <translation>Файл не читается как JSON.
Где ошибка, скажет список проблем.</translation>
        </message>
        <message>
            <source>A past moment. %1</source>
            <translation>Прошлый момент. %1</translation>
        </message>
        <message>
            <source>Of the old design: run again for this one</source>
            <translation>По прежней схеме: для этой запустите прогон снова</translation>
        </message>
        <message>
            <source>Copied nodes: %1</source>
            <translation>Скопировано узлов: %1</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 у %2</translation>
        </message>
        <message>
            <source>%1 replicas</source>
            <translation>реплик: %1</translation>
        </message>
        <message>
            <source>The usual way</source>
            <translation>Обычным образом</translation>
        </message>
        <message>
            <source>%1 cannot be asked for this</source>
            <translation>%1 такого не умеет</translation>
        </message>
        <message numerus="yes">
            <source>%n groups</source>
            <translation>
                <numerusform>%n группа</numerusform>
                <numerusform>%n группы</numerusform>
                <numerusform>%n групп</numerusform>
            </translation>
        </message>
        <message>
            <source>All together</source>
            <translation>Всё вместе</translation>
        </message>
        <message>
            <source>Region %1</source>
            <translation>Регион %1</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ChartPanel</name>
        <message>
            <source>Drag to zoom in, Shift+drag to move, double-click for all, click for the moment; the menu key or right button exports.</source>
            <translation>Потяните — приблизить, с Shift — сдвинуть, двойной щелчок — показать всё, щелчок — выбрать момент; экспорт — правой кнопкой или клавишей меню.</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <comment>name of a series and its value</comment>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>The name must end in .png, .svg, .pdf or .csv: %1</source>
            <translation>Имя должно оканчиваться на .png, .svg, .pdf или .csv: %1</translation>
        </message>
        <message>
            <source>Cannot write %1: %2</source>
            <translation>Не удалось записать %1: %2</translation>
        </message>
        <message>
            <source>Export chart</source>
            <translation>Экспорт графика</translation>
        </message>
        <message>
            <source>Picture (*.png);;Vector picture (*.svg);;PDF (*.pdf);;Numbers (*.csv)</source>
            <translation>Картинка (*.png);;Векторная картинка (*.svg);;PDF (*.pdf);;Числа (*.csv)</translation>
        </message>
        <message>
            <source>Show all</source>
            <translation>Показать всё</translation>
        </message>
        <message>
            <source>Back to the newest moment</source>
            <translation>К последнему моменту</translation>
        </message>
        <message>
            <source>Logarithmic horizontal axis</source>
            <translation>Логарифмическая горизонтальная ось</translation>
        </message>
        <message>
            <source>Logarithmic vertical axis</source>
            <translation>Логарифмическая вертикальная ось</translation>
        </message>
        <message>
            <source>Series</source>
            <translation>Ряды</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Копировать</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Экспорт…</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ChartSource</name>
        <message>
            <source>%1, seed %2</source>
            <translation>%1, начальное число %2</translation>
        </message>
        <message>
            <source>Untitled</source>
            <translation>Без названия</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::CheatSheet</name>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Сочетания клавиш</translation>
        </message>
        <message>
            <source>On the canvas</source>
            <translation>На схеме</translation>
        </message>
        <message>
            <source>Arrows</source>
            <translation>Стрелки</translation>
        </message>
        <message>
            <source>Go to the next node that way</source>
            <translation>Перейти к следующему узлу в ту сторону</translation>
        </message>
        <message>
            <source>Alt + arrows</source>
            <translation>Alt + стрелки</translation>
        </message>
        <message>
            <source>Go along the wires</source>
            <translation>Идти вдоль связей</translation>
        </message>
        <message>
            <source>Ctrl + arrows</source>
            <translation>Ctrl + стрелки</translation>
        </message>
        <message>
            <source>Move what is selected by one step of the grid</source>
            <translation>Сдвинуть выделенное на шаг сетки</translation>
        </message>
        <message>
            <source>Tab</source>
            <translation>Tab</translation>
        </message>
        <message>
            <source>Select the next node</source>
            <translation>Выделить следующий узел</translation>
        </message>
        <message>
            <source>Enter</source>
            <translation>Enter</translation>
        </message>
        <message>
            <source>Go to the inspector</source>
            <translation>Перейти в инспектор</translation>
        </message>
        <message>
            <source>Menu key</source>
            <translation>Клавиша меню</translation>
        </message>
        <message>
            <source>What can be done with the node, wire or zone</source>
            <translation>Что можно сделать с узлом, связью или зоной</translation>
        </message>
        <message>
            <source>Wheel</source>
            <translation>Колесо</translation>
        </message>
        <message>
            <source>Zoom at the mouse</source>
            <translation>Масштаб относительно мыши</translation>
        </message>
        <message>
            <source>Space + drag</source>
            <translation>Пробел + перетаскивание</translation>
        </message>
        <message>
            <source>Move the sheet</source>
            <translation>Сдвинуть лист</translation>
        </message>
        <message>
            <source>Drag from the edge of a card</source>
            <translation>Потянуть от края карточки</translation>
        </message>
        <message>
            <source>Draw a wire</source>
            <translation>Провести связь</translation>
        </message>
        <message>
            <source>In a chart</source>
            <translation>На графике</translation>
        </message>
        <message>
            <source>Arrows, + and −</source>
            <translation>Стрелки, + и −</translation>
        </message>
        <message>
            <source>Move and zoom</source>
            <translation>Сдвинуть и изменить масштаб</translation>
        </message>
        <message>
            <source>Click</source>
            <translation>Щелчок</translation>
        </message>
        <message>
            <source>Go to that moment</source>
            <translation>Перейти к этому моменту</translation>
        </message>
        <message>
            <source>Double click, Home</source>
            <translation>Двойной щелчок, Home</translation>
        </message>
        <message>
            <source>Show everything</source>
            <translation>Показать всё</translation>
        </message>
        <message>
            <source>Panels</source>
            <translation>Панели</translation>
        </message>
        <message>
            <source>Ctrl+1 … Ctrl+9</source>
            <translation>Ctrl+1 … Ctrl+9</translation>
        </message>
        <message>
            <source>Bring a panel to the front</source>
            <translation>Показать панель впереди других</translation>
        </message>
        <message>
            <source>F6</source>
            <translation>F6</translation>
        </message>
        <message>
            <source>Go to the next panel</source>
            <translation>Перейти к следующей панели</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ChoiceEditor</name>
        <message>
            <source>none</source>
            <translation>нет</translation>
        </message>
        <message>
            <source>several values</source>
            <translation>разные значения</translation>
        </message>
        <message>
            <source>choose …</source>
            <translation>выберите …</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ComparePanel</name>
        <message>
            <source>Pin this result</source>
            <translation>Закрепить результат</translation>
        </message>
        <message>
            <source>Unpin</source>
            <translation>Открепить</translation>
        </message>
        <message>
            <source>Search values</source>
            <translation>Поиск величин</translation>
        </message>
        <message>
            <source>Only what differs</source>
            <translation>Только отличия</translation>
        </message>
        <message>
            <source>Each replica too</source>
            <translation>И каждую реплику</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>Сравнение</translation>
        </message>
        <message>
            <source>%1 (seed %2, %3 replications, %4)</source>
            <translation>%1 (начальное число %2, повторов %3, %4)</translation>
        </message>
        <message>
            <source>%1 (seed %2, %3)</source>
            <translation>%1 (начальное число %2, %3)</translation>
        </message>
        <message>
            <source>Pinned: %1. Present: %2.</source>
            <translation>Закреплён: %1. Текущий: %2.</translation>
        </message>
        <message>
            <source>Run to the end and pin the result; change the design and run again: here stands what became different.</source>
            <translation>Доведите прогон до конца и закрепите результат; измените схему и запустите снова: здесь будет видно, что стало другим.</translation>
        </message>
        <message>
            <source>A result is pinned. Run again to compare with it.</source>
            <translation>Результат закреплён. Запустите ещё раз, чтобы сравнить.</translation>
        </message>
        <message>
            <source>Nothing differs: the results are the same.</source>
            <translation>Отличий нет: результаты одинаковы.</translation>
        </message>
        <message>
            <source>No value matches.</source>
            <translation>Ни одна величина не подходит.</translation>
        </message>
        <message>
            <source>Cannot write %1: %2</source>
            <translation>Не удалось записать %1: %2</translation>
        </message>
        <message>
            <source>Export comparison</source>
            <translation>Экспорт сравнения</translation>
        </message>
        <message>
            <source>Numbers (*.csv)</source>
            <translation>Числа (*.csv)</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Экспорт…</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ComparisonModel</name>
        <message>
            <source>%1 to %2</source>
            <translation>от %1 до %2</translation>
        </message>
        <message>
            <source>more than luck</source>
            <translation>не случайность</translation>
        </message>
        <message>
            <source>may be luck</source>
            <translation>может быть случайностью</translation>
        </message>
        <message>
            <source>Where the true difference lies with 95 % confidence; needs replications of both</source>
            <translation>Где с доверием 95 % лежит истинная разность; нужны повторы обоих</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Величина</translation>
        </message>
        <message>
            <source>Pinned</source>
            <translation>Закреплён</translation>
        </message>
        <message>
            <source>Present</source>
            <translation>Текущий</translation>
        </message>
        <message>
            <source>Difference</source>
            <translation>Разность</translation>
        </message>
        <message>
            <source>Relative</source>
            <translation>Относительно</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95 % интервал</translation>
        </message>
        <message>
            <source>Verdict</source>
            <translation>Вывод</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ConsistencyPanel</name>
        <message>
            <source>Transactions at %1: %2 committed, %3 aborted; strongest level that held: %4</source>
            <translation>Транзакции в %1: зафиксировано %2, прервано %3; сильнейший выполненный уровень: %4</translation>
        </message>
        <message>
            <source>; anomalies: %1</source>
            <translation>; аномалии: %1</translation>
        </message>
        <message>
            <source>Strongest model that held: %1</source>
            <translation>Сильнейшая выполненная модель: %1</translation>
        </message>
        <message>
            <source>Watched: %1 operations (%2 reads and %3 writes ended ok), %4 keys, %5 sessions, warm-up included</source>
            <translation>Наблюдалось операций: %1 (успешных чтений %2, записей %3), ключей %4, сеансов %5, вместе с прогревом</translation>
        </message>
        <message>
            <source>Stale reads: %1 of %2 (%3)</source>
            <translation>Устаревшие чтения: %1 из %2 (%3)</translation>
        </message>
        <message>
            <source>, behind by p50 %1, p99 %2, at most %3</source>
            <translation>, отставание p50 %1, p99 %2, наибольшее %3</translation>
        </message>
        <message>
            <source>Lost acknowledged writes: %1 of %2</source>
            <translation>Потеряно подтверждённых записей: %1 из %2</translation>
        </message>
        <message>
            <source>convergence after the fault %1</source>
            <translation>схождение после сбоя %1</translation>
        </message>
        <message>
            <source>lost time of writes (RPO) %1</source>
            <translation>потерянное время записей (RPO) %1</translation>
        </message>
        <message>
            <source>time without writes (RTO) %1</source>
            <translation>время без записей (RTO) %1</translation>
        </message>
        <message>
            <source>without a leader %1</source>
            <translation>без лидера %1</translation>
        </message>
        <message>
            <source>Times: %1</source>
            <translation>Времена: %1</translation>
        </message>
        <message>
            <source>Staleness and availability: %1</source>
            <translation>Устаревание и доступность: %1</translation>
        </message>
        <message>
            <source>Verdicts</source>
            <translation>Выводы</translation>
        </message>
        <message>
            <source>Availability on each side, by when operations began</source>
            <translation>Доступность на каждой стороне, по времени начала операций</translation>
        </message>
        <message>
            <source>Run the scenario to its end to see what its clients may rely on.</source>
            <translation>Доведите прогон до конца: здесь будет видно, на что могут положиться клиенты.</translation>
        </message>
        <message>
            <source>This scenario does not watch consistency. Add a section "consistency" to record and check what clients see.</source>
            <translation>Этот сценарий не следит за согласованностью. Добавьте раздел «consistency», чтобы записать и проверить то, что видят клиенты.</translation>
        </message>
        <message>
            <source>Consistency</source>
            <translation>Согласованность</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::DensityPlot</name>
        <message>
            <source>infinite</source>
            <translation>бесконечно</translation>
        </message>
        <message>
            <source>mean %1 · p99 %2</source>
            <translation>среднее %1 · p99 %2</translation>
        </message>
        <message>
            <source>Density</source>
            <translation>Плотность</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::DistributionChart</name>
        <message>
            <source>All requests</source>
            <translation>Все запросы</translation>
        </message>
        <message>
            <source>Requests "%1"</source>
            <translation>Запросы «%1»</translation>
        </message>
        <message>
            <source>At %1</source>
            <translation>На %1</translation>
        </message>
        <message>
            <source>Whose latency</source>
            <translation>Чья задержка</translation>
        </message>
        <message>
            <source>Latency distribution</source>
            <translation>Распределение задержки</translation>
        </message>
        <message>
            <source>Run the scenario to see how its latency is distributed.</source>
            <translation>Запустите сценарий, и здесь появится распределение задержки.</translation>
        </message>
        <message>
            <source>No request has ended ok yet.</source>
            <translation>Ещё ни один запрос не завершился успешно.</translation>
        </message>
        <message>
            <source>Histogram</source>
            <translation>Гистограмма</translation>
        </message>
        <message>
            <source>Share up to (CDF)</source>
            <translation>Доля не выше (CDF)</translation>
        </message>
        <message>
            <source>Share above (CCDF)</source>
            <translation>Доля выше (CCDF)</translation>
        </message>
        <message>
            <source>Form of the distribution</source>
            <translation>Вид распределения</translation>
        </message>
        <message>
            <source>share in each bar</source>
            <translation>доля в каждом столбце</translation>
        </message>
        <message>
            <source>share at most this slow</source>
            <translation>доля не медленнее</translation>
        </message>
        <message>
            <source>share slower than this</source>
            <translation>доля медленнее</translation>
        </message>
        <message>
            <source>%1 · %2 requests that ended ok</source>
            <translation>%1 · успешных запросов: %2</translation>
        </message>
        <message>
            <source>%1 · %2 requests at %3, queue wait included</source>
            <translation>%1 · запросов: %2, узел %3, вместе с ожиданием в очереди</translation>
        </message>
        <message>
            <source>pinned</source>
            <translation>закреплён</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Dock</name>
        <message>
            <source>Detach the panel</source>
            <translation>Открепить панель</translation>
        </message>
        <message>
            <source>Hide the panel</source>
            <translation>Скрыть панель</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Docks</name>
        <message>
            <source>Tabs to the left</source>
            <translation>Вкладки левее</translation>
        </message>
        <message>
            <source>Tabs to the right</source>
            <translation>Вкладки правее</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Document</name>
        <message>
            <source>The text is not JSON at the moment%1. Mend it in the source, or undo, and try again.</source>
            <translation>Сейчас текст – не JSON%1. Исправьте его в исходнике или отмените правку и попробуйте снова.</translation>
        </message>
        <message>
            <source> (line %1)</source>
            <translation> (строка %1)</translation>
        </message>
        <message>
            <source>New system</source>
            <translation>Новая система</translation>
        </message>
        <message>
            <source>There is no file %1.</source>
            <translation>Файла %1 нет.</translation>
        </message>
        <message>
            <source>%1 is not a file that can be edited.</source>
            <translation>%1 – не файл, который можно править.</translation>
        </message>
        <message>
            <source>%1 is larger than 64 MiB.</source>
            <translation>%1 больше 64 МиБ.</translation>
        </message>
        <message>
            <source>%1 cannot be read: %2.</source>
            <translation>%1 не удаётся прочитать: %2.</translation>
        </message>
        <message>
            <source>The scenario has no file name yet.</source>
            <translation>У сценария ещё нет имени файла.</translation>
        </message>
        <message>
            <source>%1 cannot be written: %2.</source>
            <translation>%1 не удаётся записать: %2.</translation>
        </message>
        <message>
            <source>Untitled</source>
            <translation>Без названия</translation>
        </message>
        <message>
            <source>%1 is written as a whole here and cannot be set in part.</source>
            <translation>%1 здесь записано целиком, часть изменить нельзя.</translation>
        </message>
        <message>
            <source>Add %1</source>
            <translation>Добавить %1</translation>
        </message>
        <message>
            <source>Move %1</source>
            <translation>Переместить %1</translation>
        </message>
        <message>
            <source>Delete %1</source>
            <translation>Удаление %1</translation>
        </message>
        <message>
            <source>A name has 1 to 100 characters without [ ] ( ) . , : " ' \ and without blanks at its ends.</source>
            <translation>В имени от 1 до 100 знаков, без [ ] ( ) . , : " ' \ и без пробелов по краям.</translation>
        </message>
        <message>
            <source>There is a node "%1" already.</source>
            <translation>Узел «%1» уже есть.</translation>
        </message>
        <message>
            <source>There is no node "%1" that could be renamed.</source>
            <translation>Узла «%1», который можно переименовать, нет.</translation>
        </message>
        <message>
            <source>Rename "%1" to "%2"</source>
            <translation>Переименовать «%1» в «%2»</translation>
        </message>
        <message>
            <source>Take %1 out of its zone</source>
            <translation>Вывести %1 из зоны</translation>
        </message>
        <message>
            <source>Put %1 into zone "%2"</source>
            <translation>Поместить %1 в зону «%2»</translation>
        </message>
        <message>
            <source>Add zone "%1"</source>
            <translation>Добавить зону «%1»</translation>
        </message>
        <message>
            <source>Add fault %1</source>
            <translation>Новый сбой %1</translation>
        </message>
        <message>
            <source>The clipboard holds no nodes.</source>
            <translation>В буфере обмена нет узлов.</translation>
        </message>
        <message>
            <source>The text is not JSON at the moment.</source>
            <translation>Сейчас текст – не JSON.</translation>
        </message>
        <message>
            <source>Paste %1</source>
            <translation>Вставить %1</translation>
        </message>
        <message>
            <source>Disconnect "%1" from "%2"</source>
            <translation>Отсоединить «%1» от «%2»</translation>
        </message>
        <message>
            <source>There is no such node.</source>
            <translation>Такого узла нет.</translation>
        </message>
        <message>
            <source>"%1" is connected to "%2" already.</source>
            <translation>«%1» уже соединён с «%2».</translation>
        </message>
        <message>
            <source>Connect "%1" to "%2"</source>
            <translation>Соединить «%1» с «%2»</translation>
        </message>
        <message>
            <source>Reload the file</source>
            <translation>Перечитать файл</translation>
        </message>
        <message>
            <source>There is no zone "%1" that could be renamed.</source>
            <translation>Нет зоны «%1», которую можно переименовать.</translation>
        </message>
        <message>
            <source>There is a zone "%1" already.</source>
            <translation>Зона «%1» уже есть.</translation>
        </message>
        <message>
            <source>Rename zone "%1" to "%2"</source>
            <translation>Переименовать зону «%1» в «%2»</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::EventLogPanel</name>
        <message>
            <source>Search the log</source>
            <translation>Поиск в журнале</translation>
        </message>
        <message>
            <source>Event log</source>
            <translation>Журнал событий</translation>
        </message>
        <message>
            <source>All kinds</source>
            <translation>Все виды</translation>
        </message>
        <message>
            <source>Kind of event</source>
            <translation>Вид события</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 из %2</translation>
        </message>
        <message>
            <source>Run the scenario to see faults, breaches and leaders as they come.</source>
            <translation>Запустите сценарий: здесь появятся сбои, нарушения и смены лидера.</translation>
        </message>
        <message>
            <source>Nothing out of the ordinary has happened in this run.</source>
            <translation>В этом прогоне не произошло ничего необычного.</translation>
        </message>
        <message>
            <source>No line of the log matches.</source>
            <translation>Ни одна строка журнала не подходит.</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::FaultList</name>
        <message>
            <source>zone %1</source>
            <translation>зона %1</translation>
        </message>
        <message>
            <source>Whom the fault strikes</source>
            <translation>Кого поражает сбой</translation>
        </message>
        <message>
            <source>Faults to drag onto the timeline</source>
            <translation>Сбои, которые можно перетащить на шкалу</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::FaultTimeline</name>
        <message>
            <source>Faults</source>
            <translation>Сбои</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Добавить</translation>
        </message>
        <message>
            <source>Add a fault</source>
            <translation>Добавить сбой</translation>
        </message>
        <message>
            <source>List</source>
            <translation>Список</translation>
        </message>
        <message>
            <source>Show the faults that a node can suffer, to drag them from</source>
            <translation>Показать сбои, возможные для узла, чтобы перетаскивать их</translation>
        </message>
        <message>
            <source>Newest moment</source>
            <translation>Последний момент</translation>
        </message>
        <message>
            <source>Show the newest moment of the run again</source>
            <translation>Снова показать последний момент прогона</translation>
        </message>
        <message>
            <source>Fault timeline</source>
            <translation>Шкала сбоев</translation>
        </message>
        <message>
            <source>Run again to %1</source>
            <translation>Повторить до %1</translation>
        </message>
        <message>
            <source>Begins the run anew, with the same seed and the faults done by hand, and stops at exactly %1</source>
            <translation>Начинает прогон заново с тем же начальным числом и сбоями, внесёнными вручную, и останавливается точно в %1</translation>
        </message>
        <message>
            <source>A fault at %1</source>
            <translation>Сбой в %1</translation>
        </message>
        <message>
            <source>None fits</source>
            <translation>Ни один не подходит</translation>
        </message>
        <message>
            <source>Select a node on the canvas for the others</source>
            <translation>Для остальных выделите узел на схеме</translation>
        </message>
        <message>
            <source>zone %1</source>
            <translation>зона %1</translation>
        </message>
        <message>
            <source>The design has no nodes yet</source>
            <translation>В схеме пока нет узлов</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::FieldEditor</name>
        <message>
            <source>several values</source>
            <translation>разные значения</translation>
        </message>
        <message>
            <source>not set</source>
            <translation>не задано</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::FreshnessChart</name>
        <message>
            <source>Fresh reads by age of the last write</source>
            <translation>Доля свежих чтений по возрасту записи</translation>
        </message>
        <message>
            <source>Run the scenario to its end to see how fresh reads are.</source>
            <translation>Доведите прогон до конца: здесь будет видно, насколько свежи чтения.</translation>
        </message>
        <message>
            <source>No read of this run says how old its value is.</source>
            <translation>Ни одно чтение этого прогона не говорит, насколько старо его значение.</translation>
        </message>
        <message>
            <source>share of reads that found the newest acknowledged write, by the time since that write</source>
            <translation>доля чтений, нашедших последнюю подтверждённую запись, по времени после неё</translation>
        </message>
        <message>
            <source>pinned</source>
            <translation>закреплён</translation>
        </message>
        <message>
            <source>fresh reads</source>
            <translation>свежие чтения</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Gallery</name>
        <message>
            <source>New from template</source>
            <translation>Новый из шаблона</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Поиск</translation>
        </message>
        <message>
            <source>Search the templates</source>
            <translation>Поиск по шаблонам</translation>
        </message>
        <message>
            <source>Shelves</source>
            <translation>Разделы</translation>
        </message>
        <message>
            <source>Templates</source>
            <translation>Шаблоны</translation>
        </message>
        <message>
            <source>&amp;Use this one</source>
            <translation>&amp;Взять этот</translation>
        </message>
        <message>
            <source>&amp;Empty design</source>
            <translation>&amp;Пустая схема</translation>
        </message>
        <message>
            <source>&amp;Open a file…</source>
            <translation>&amp;Открыть файл…</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Отмена</translation>
        </message>
        <message>
            <source>All</source>
            <translation>Все</translation>
        </message>
        <message>
            <source>Systems</source>
            <translation>Системы</translation>
        </message>
        <message>
            <source>Incidents</source>
            <translation>Инциденты</translation>
        </message>
        <message>
            <source>Basics</source>
            <translation>Основы</translation>
        </message>
        <message>
            <source>CAP, measured</source>
            <translation>CAP в измерениях</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::HeadlineBar</name>
        <message>
            <source>Large: requests that ended in %1.
Small: requests that arrived after the warm-up, in %2.</source>
            <translation>Крупно: запросы, завершённые за %1.
Мелко: запросы, пришедшие после прогрева, за %2.</translation>
        </message>
        <message>
            <source>Requests that arrived after the warm-up, in %1.</source>
            <translation>Запросы, пришедшие после прогрева, за %1.</translation>
        </message>
        <message>
            <source>%1 overall</source>
            <translation>%1 в целом</translation>
        </message>
        <message>
            <source>p99 latency</source>
            <translation>Задержка p99</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Неуспешных</translation>
        </message>
        <message>
            <source>Throughput</source>
            <translation>Пропускная способность</translation>
        </message>
        <message>
            <source>SLO “%1”</source>
            <translation>SLO «%1»</translation>
        </message>
        <message>
            <source>of %1, budget %2 spent</source>
            <translation>из %1, потрачено %2 бюджета</translation>
        </message>
        <message>
            <source>of %1</source>
            <translation>из %1</translation>
        </message>
        <message>
            <source>Share of requests that are good (%1), since the statistics began, in %2.</source>
            <translation>Доля хороших запросов (%1) с начала статистики, за %2.</translation>
        </message>
        <message>
            <source>Median latency</source>
            <translation>Медиана задержки</translation>
        </message>
        <message>
            <source>Key figures</source>
            <translation>Главные показатели</translation>
        </message>
        <message>
            <source>The figures of a run stand here. Press the space bar to run the design.</source>
            <translation>Здесь появятся показатели прогона. Нажмите пробел, чтобы запустить схему.</translation>
        </message>
        <message>
            <source>Whole run</source>
            <translation>Весь прогон</translation>
        </message>
        <message>
            <source>Newest window</source>
            <translation>Последнее окно</translation>
        </message>
        <message>
            <source>At the cursor</source>
            <translation>Под курсором</translation>
        </message>
        <message>
            <source>Overall</source>
            <translation>В целом</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::HeatMap</name>
        <message>
            <source>%1 ×%2</source>
            <translation>%1 ×%2</translation>
        </message>
        <message>
            <source>down</source>
            <translation>лежит</translation>
        </message>
        <message>
            <source>%1, mean of %2 replicas</source>
            <translation>%1, среднее по репликам: %2</translation>
        </message>
        <message>
            <source>%1 to %2: %3</source>
            <translation>от %1 до %2: %3</translation>
        </message>
        <message>
            <source>Click the triangle to see each replica</source>
            <translation>Щёлкните треугольник, чтобы увидеть каждую реплику</translation>
        </message>
        <message>
            <source>Click the triangle to fold the group</source>
            <translation>Щёлкните треугольник, чтобы свернуть группу</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::HeatMapPanel</name>
        <message>
            <source>Utilisation</source>
            <translation>Загрузка</translation>
        </message>
        <message>
            <source>Queue</source>
            <translation>Очередь</translation>
        </message>
        <message>
            <source>p99 latency</source>
            <translation>Задержка p99</translation>
        </message>
        <message>
            <source>Failures</source>
            <translation>Отказы</translation>
        </message>
        <message>
            <source>What is shown</source>
            <translation>Что показано</translation>
        </message>
        <message>
            <source>By name</source>
            <translation>По имени</translation>
        </message>
        <message>
            <source>By value now</source>
            <translation>По текущему значению</translation>
        </message>
        <message>
            <source>By highest value</source>
            <translation>По наибольшему значению</translation>
        </message>
        <message>
            <source>Order of the rows</source>
            <translation>Порядок строк</translation>
        </message>
        <message>
            <source>Utilisation by node</source>
            <translation>Загрузка по узлам</translation>
        </message>
        <message>
            <source>Queue length by node</source>
            <translation>Длина очереди по узлам</translation>
        </message>
        <message>
            <source>p99 latency by node</source>
            <translation>Задержка p99 по узлам</translation>
        </message>
        <message>
            <source>Failures by node</source>
            <translation>Отказы по узлам</translation>
        </message>
        <message>
            <source>No node of this run has this quantity yet.</source>
            <translation>Ни у одного узла этого прогона пока нет такой величины.</translation>
        </message>
        <message>
            <source>Run the scenario to see how busy each node is.</source>
            <translation>Запустите сценарий, и здесь будет видно, как загружен каждый узел.</translation>
        </message>
        <message>
            <source>%1 · number at the right: at the cursor</source>
            <translation>%1 · число справа: у курсора</translation>
        </message>
        <message>
            <source>(shades by square root)</source>
            <translation>(оттенки по квадратному корню)</translation>
        </message>
        <message>
            <source>hatched: down</source>
            <translation>штриховка: лежит</translation>
        </message>
        <message>
            <source>Cannot write %1: %2</source>
            <translation>Не удалось записать %1: %2</translation>
        </message>
        <message>
            <source>Show all</source>
            <translation>Показать всё</translation>
        </message>
        <message>
            <source>Back to the newest moment</source>
            <translation>К последнему моменту</translation>
        </message>
        <message>
            <source>Export chart</source>
            <translation>Экспорт графика</translation>
        </message>
        <message>
            <source>Picture (*.png);;Vector picture (*.svg);;PDF (*.pdf);;Numbers (*.csv)</source>
            <translation>Картинка (*.png);;Векторная картинка (*.svg);;PDF (*.pdf);;Числа (*.csv)</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Экспорт…</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Inspector</name>
        <message>
            <source>The text is not JSON at the moment.</source>
            <translation>Текст сейчас не JSON.</translation>
        </message>
        <message>
            <source>Change %1</source>
            <translation>Изменить: %1</translation>
        </message>
        <message>
            <source>Change %1 of "%2"</source>
            <translation>Изменить: %1 у «%2»</translation>
        </message>
        <message>
            <source>Change %1 of several nodes (%2)</source>
            <translation>Изменить: %1 у нескольких узлов (%2)</translation>
        </message>
        <message>
            <source>Several nodes (%1)</source>
            <translation>Несколько узлов (%1)</translation>
        </message>
        <message>
            <source>unknown type "%1"</source>
            <translation>неизвестный тип «%1»</translation>
        </message>
        <message>
            <source>Zone</source>
            <translation>Зона</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Заметка</translation>
        </message>
        <message>
            <source>Scenario</source>
            <translation>Сценарий</translation>
        </message>
        <message>
            <source>Nothing to show: no run has reached this node yet.</source>
            <translation>Показать нечего: прогона с этим узлом ещё не было.</translation>
        </message>
        <message>
            <source>Of the window %1 of virtual time.</source>
            <translation>За окно %1 модельного времени.</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>Параметры</translation>
        </message>
        <message>
            <source>Now</source>
            <translation>Сейчас</translation>
        </message>
        <message>
            <source>JSON</source>
            <translation>JSON</translation>
        </message>
        <message>
            <source>Search parameters</source>
            <translation>Поиск параметров</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Имя</translation>
        </message>
        <message>
            <source>Figures of now</source>
            <translation>Показатели на данный момент</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::JsonEditor</name>
        <message>
            <source>Typing</source>
            <translation>Ввод</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::LatencyChart</name>
        <message>
            <source>Latency</source>
            <translation>Задержка</translation>
        </message>
        <message>
            <source>Run the scenario to see latency here.</source>
            <translation>Запустите сценарий, и здесь появится задержка.</translation>
        </message>
        <message>
            <source>No request has ended ok yet.</source>
            <translation>Ещё ни один запрос не завершился успешно.</translation>
        </message>
        <message>
            <source>%1 · requests that ended ok, by step of their end</source>
            <translation>%1 · успешные запросы, по времени завершения</translation>
        </message>
        <message>
            <source>p50</source>
            <translation>p50</translation>
        </message>
        <message>
            <source>p90</source>
            <translation>p90</translation>
        </message>
        <message>
            <source>p99</source>
            <translation>p99</translation>
        </message>
        <message>
            <source>max</source>
            <translation>макс.</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::LegendEntryButton</name>
        <message>
            <source>Click to hide or show "%1"</source>
            <translation>Щёлкните, чтобы скрыть или показать «%1»</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ListEditor</name>
        <message>
            <source>Add</source>
            <translation>Добавить</translation>
        </message>
        <message>
            <source>a name may not be empty</source>
            <translation>имя не может быть пустым</translation>
        </message>
        <message>
            <source>this name stands here already</source>
            <translation>такое имя здесь уже есть</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Имя</translation>
        </message>
        <message>
            <source>Move up</source>
            <translation>Выше</translation>
        </message>
        <message>
            <source>Move down</source>
            <translation>Ниже</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Убрать</translation>
        </message>
        <message>
            <source>several values</source>
            <translation>разные значения</translation>
        </message>
        <message>
            <source>none</source>
            <translation>нет</translation>
        </message>
        <message>
            <source>%1, the first %2 shown</source>
            <translation>%1, показаны первые %2</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::LogModel</name>
        <message>
            <source>deadlock</source>
            <translation>взаимная блокировка</translation>
        </message>
        <message>
            <source>lost update</source>
            <translation>потерянное обновление</translation>
        </message>
        <message>
            <source>fault</source>
            <translation>сбой</translation>
        </message>
        <message>
            <source>phase</source>
            <translation>фаза</translation>
        </message>
        <message>
            <source>SLO</source>
            <translation>SLO</translation>
        </message>
        <message>
            <source>scaling</source>
            <translation>масштаб</translation>
        </message>
        <message>
            <source>leader</source>
            <translation>лидер</translation>
        </message>
        <message>
            <source>node</source>
            <translation>узел</translation>
        </message>
        <message>
            <source>run</source>
            <translation>прогон</translation>
        </message>
        <message>
            <source>%1 ends</source>
            <translation>%1: конец</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Время</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Вид</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>Где</translation>
        </message>
        <message>
            <source>What</source>
            <translation>Что</translation>
        </message>
        <message>
            <source>down</source>
            <translation>лежит</translation>
        </message>
        <message>
            <source>paused</source>
            <translation>стоит</translation>
        </message>
        <message>
            <source>breach</source>
            <translation>нарушение</translation>
        </message>
        <message>
            <source>statistics begin</source>
            <translation>начало статистики</translation>
        </message>
        <message>
            <source>goes on</source>
            <translation>продолжает</translation>
        </message>
        <message>
            <source>gets a server</source>
            <translation>получает исполнителя</translation>
        </message>
        <message>
            <source>ends a service</source>
            <translation>кончает обслуживание</translation>
        </message>
        <message>
            <source>gets a request</source>
            <translation>получает запрос</translation>
        </message>
        <message>
            <source>gets a reply</source>
            <translation>получает ответ</translation>
        </message>
        <message>
            <source>gives up waiting</source>
            <translation>перестаёт ждать</translation>
        </message>
        <message>
            <source>ends a step of the series</source>
            <translation>кончает шаг рядов</translation>
        </message>
        <message>
            <source>message passes a link</source>
            <translation>сообщение проходит линию</translation>
        </message>
        <message>
            <source>gets a message</source>
            <translation>получает сообщение</translation>
        </message>
        <message>
            <source>event</source>
            <translation>событие</translation>
        </message>
        <message>
            <source>begins</source>
            <translation>начинается</translation>
        </message>
        <message>
            <source>ends</source>
            <translation>кончается</translation>
        </message>
        <message>
            <source>statistics</source>
            <translation>статистика</translation>
        </message>
        <message>
            <source>faults</source>
            <translation>сбои</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::MainWindow</name>
        <message>
            <source>&amp;Undo: %1</source>
            <translation>&amp;Отменить: %1</translation>
        </message>
        <message>
            <source>&amp;Redo: %1</source>
            <translation>&amp;Вернуть: %1</translation>
        </message>
        <message>
            <source>&amp;File</source>
            <translation>&amp;Файл</translation>
        </message>
        <message>
            <source>Open &amp;recent</source>
            <translation>Открыть &amp;недавний</translation>
        </message>
        <message>
            <source>&amp;Edit</source>
            <translation>&amp;Правка</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>&amp;Вид</translation>
        </message>
        <message>
            <source>&amp;Panels</source>
            <translation>&amp;Панели</translation>
        </message>
        <message>
            <source>&amp;Theme</source>
            <translation>&amp;Тема</translation>
        </message>
        <message>
            <source>&amp;Language</source>
            <translation>&amp;Язык</translation>
        </message>
        <message>
            <source>&amp;Light</source>
            <translation>&amp;Светлая</translation>
        </message>
        <message>
            <source>&amp;Dark</source>
            <translation>&amp;Тёмная</translation>
        </message>
        <message>
            <source>As the &amp;system</source>
            <translation>&amp;Как в системе</translation>
        </message>
        <message>
            <source>&amp;Model</source>
            <translation>&amp;Модель</translation>
        </message>
        <message>
            <source>&amp;Align</source>
            <translation>В&amp;ыровнять</translation>
        </message>
        <message>
            <source>&amp;Run</source>
            <translation>&amp;Прогон</translation>
        </message>
        <message>
            <source>Run &amp;until</source>
            <translation>Выполнить &amp;до</translation>
        </message>
        <message>
            <source>Re&amp;port</source>
            <translation>&amp;Отчёт</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>&amp;Справка</translation>
        </message>
        <message>
            <source>No problems</source>
            <translation>Ошибок нет</translation>
        </message>
        <message>
            <source>Problems: %1</source>
            <translation>Ошибок: %1</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Открыть</translation>
        </message>
        <message>
            <source>“%1” cannot be read.</source>
            <translation>Не удаётся прочитать «%1».</translation>
        </message>
        <message>
            <source>Open a scenario</source>
            <translation>Открыть сценарий</translation>
        </message>
        <message>
            <source>Scenarios (*.json *.jsonc);;All files (*)</source>
            <translation>Сценарии (*.json *.jsonc);;Все файлы (*)</translation>
        </message>
        <message>
            <source>No files yet</source>
            <translation>Файлов пока нет</translation>
        </message>
        <message>
            <source>Forget these files</source>
            <translation>Забыть эти файлы</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Сохранить</translation>
        </message>
        <message>
            <source>“%1” was changed by another program since it was opened here.</source>
            <translation>«%1» изменён другой программой после того, как был открыт здесь.</translation>
        </message>
        <message>
            <source>Saving replaces what the other program wrote.</source>
            <translation>Сохранение заменит то, что записала другая программа.</translation>
        </message>
        <message>
            <source>Replace it</source>
            <translation>Заменить</translation>
        </message>
        <message>
            <source>Save under another name…</source>
            <translation>Сохранить под другим именем…</translation>
        </message>
        <message>
            <source>Save the scenario as</source>
            <translation>Сохранить сценарий как</translation>
        </message>
        <message>
            <source>Unsaved edits</source>
            <translation>Несохранённые правки</translation>
        </message>
        <message>
            <source>Save the edits of “%1”?</source>
            <translation>Сохранить правки «%1»?</translation>
        </message>
        <message>
            <source>They are lost if you do not save them.</source>
            <translation>Если не сохранить, они пропадут.</translation>
        </message>
        <message>
            <source>New scenario</source>
            <translation>Новый сценарий</translation>
        </message>
        <message>
            <source>Unsaved edits were found</source>
            <translation>Найдены несохранённые правки</translation>
        </message>
        <message>
            <source>The program ended before these edits were saved. Open them again?</source>
            <translation>Программа завершилась раньше, чем эти правки были сохранены. Открыть их снова?</translation>
        </message>
        <message>
            <source>The files themselves stay as they are until you save.</source>
            <translation>Сами файлы не изменятся, пока вы не сохраните.</translation>
        </message>
        <message>
            <source>Open them</source>
            <translation>Открыть</translation>
        </message>
        <message>
            <source>Throw them away</source>
            <translation>Выбросить</translation>
        </message>
        <message>
            <source>Ask again later</source>
            <translation>Спросить позже</translation>
        </message>
        <message>
            <source>New from template</source>
            <translation>Новый из шаблона</translation>
        </message>
        <message>
            <source>Welcome to Faultline</source>
            <translation>Добро пожаловать в Faultline</translation>
        </message>
        <message>
            <source>Here you design a distributed system, run it in virtual time, break it, and see what its users would have seen. Six steps show where things are.</source>
            <translation>Здесь проектируют распределённую систему, запускают её в модельном времени, ломают и смотрят, что увидели бы её пользователи. Шесть шагов покажут, где что находится.</translation>
        </message>
        <message>
            <source>Components</source>
            <translation>Компоненты</translation>
        </message>
        <message>
            <source>Drag one onto the canvas. Begin to type to search; Enter puts it in the middle.</source>
            <translation>Перетащите любой на схему. Чтобы искать, начните печатать; Enter кладёт компонент в середину.</translation>
        </message>
        <message>
            <source>The canvas</source>
            <translation>Схема</translation>
        </message>
        <message>
            <source>Draw a wire from the edge of a card to another. The right mouse button on a node, a wire or a zone crashes it, slows it down or cuts it off. F shows everything.</source>
            <translation>Проведите связь от края одной карточки к другой. Правая кнопка мыши на узле, связи или зоне роняет, замедляет или отрезает их. F показывает всё.</translation>
        </message>
        <message>
            <source>The inspector</source>
            <translation>Инспектор</translation>
        </message>
        <message>
            <source>Every parameter of what is selected, with its unit, its range and help. The JSON source beside it is the same scenario; edit either.</source>
            <translation>Все параметры выделенного с единицами, пределами и справкой. Исходный JSON рядом – тот же сценарий; правьте любое из двух.</translation>
        </message>
        <message>
            <source>The run</source>
            <translation>Прогон</translation>
        </message>
        <message>
            <source>The space bar runs and pauses. The slider goes from slow motion to as fast as possible. The design can be changed at any time; the window says when the figures are of the old one.</source>
            <translation>Пробел запускает и останавливает. Ползунок ведёт от замедленного показа до наибольшей скорости. Схему можно менять в любой момент; окно скажет, если показатели относятся к прежней.</translation>
        </message>
        <message>
            <source>Charts</source>
            <translation>Графики</translation>
        </message>
        <message>
            <source>All share one time axis. Click into a chart to go back to that moment: the canvas and the figures show it too. Esc brings back the newest.</source>
            <translation>У всех общая ось времени. Щёлкните по графику, чтобы вернуться к этому моменту: его покажут и схема, и показатели. Esc возвращает к последнему моменту.</translation>
        </message>
        <message>
            <source>Guide to the window</source>
            <translation>Руководство по окну</translation>
        </message>
        <message>
            <source>The guide is not installed. It is in docs/guide/%1 of the sources.</source>
            <translation>Руководство не установлено. Оно лежит в исходниках: docs/guide/%1.</translation>
        </message>
        <message>
            <source>Seed %1</source>
            <translation>Зерно %1</translation>
        </message>
        <message>
            <source>&amp;Go on</source>
            <translation>П&amp;родолжить</translation>
        </message>
        <message>
            <source>The design has changed since this run: its figures are of the old design.</source>
            <translation>После этого прогона схема изменилась: показатели относятся к прежней.</translation>
        </message>
        <message>
            <source>Run the new one</source>
            <translation>Запустить новую</translation>
        </message>
        <message>
            <source>keep the faults done by hand</source>
            <translation>запись сделанных вручную сбоев</translation>
        </message>
        <message>
            <source>The faults done by hand stand in the scenario now: %1. Another run repeats them.</source>
            <translation>Сделанные вручную сбои внесены в сценарий: %1. Новый прогон их повторит.</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Переименовать</translation>
        </message>
        <message>
            <source>New name of “%1”. Every reference to it follows.</source>
            <translation>Новое имя «%1». Все ссылки изменятся вместе с ним.</translation>
        </message>
        <message>
            <source>The report was written to %1</source>
            <translation>Отчёт записан в %1</translation>
        </message>
        <message>
            <source>Zoom of the canvas</source>
            <translation>Масштаб схемы</translation>
        </message>
        <message>
            <source>Another program has changed “%1”. Your unsaved edits are not in it; reloading can be undone.</source>
            <translation>Другая программа изменила «%1». Ваших несохранённых правок там нет; перечитывание можно отменить.</translation>
        </message>
        <message>
            <source>Another program has changed “%1”.</source>
            <translation>Другая программа изменила «%1».</translation>
        </message>
        <message>
            <source>Reload</source>
            <translation>Перечитать</translation>
        </message>
        <message>
            <source>Keep mine</source>
            <translation>Оставить мой</translation>
        </message>
        <message>
            <source>The run could not go on: %1</source>
            <translation>Прогон не смог продолжаться: %1</translation>
        </message>
        <message>
            <source>Drawn by “Restart with a new seed”; the file says %1.</source>
            <translation>Взято командой «Заново с другим зерном»; в файле %1.</translation>
        </message>
        <message>
            <source>keep the seed</source>
            <translation>записать зерно</translation>
        </message>
        <message>
            <source>Write it into the scenario</source>
            <translation>Записать в сценарий</translation>
        </message>
        <message>
            <source>Run with the seed of the file, %1</source>
            <translation>Запустить с зерном из файла: %1</translation>
        </message>
        <message>
            <source>The faults done by hand in the run before are not in this one: %1.</source>
            <translation>Сбоев, внесённых вручную в прошлом прогоне, в этом нет: %1.</translation>
        </message>
        <message>
            <source>Put them into the scenario and run</source>
            <translation>Записать их в сценарий и запустить</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Minimap</name>
        <message>
            <source>Minimap</source>
            <translation>Миникарта</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::NextEventsModel</name>
        <message>
            <source>in %1</source>
            <translation>через %1</translation>
        </message>
        <message>
            <source>When</source>
            <translation>Когда</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>Где</translation>
        </message>
        <message>
            <source>What</source>
            <translation>Что</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::NextEventsPanel</name>
        <message>
            <source>After %1, the soonest %2</source>
            <translation>После %1, ближайшие: %2</translation>
        </message>
        <message>
            <source>The run is over: no event is to come.</source>
            <translation>Прогон окончен: событий больше не будет.</translation>
        </message>
        <message>
            <source>Pause the run to see which events come next.</source>
            <translation>Приостановите прогон, чтобы увидеть ближайшие события.</translation>
        </message>
        <message>
            <source>Next events</source>
            <translation>Ближайшие события</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::NodeJson</name>
        <message>
            <source>Text of the node</source>
            <translation>Текст узла</translation>
        </message>
        <message>
            <source>This is no JSON yet; it is taken over as soon as it is.</source>
            <translation>Это ещё не JSON; текст будет принят, как только станет им.</translation>
        </message>
        <message>
            <source>Typing</source>
            <translation>Ввод</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::NowModel</name>
        <message>
            <source>%1 to %2</source>
            <translation>от %1 до %2</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Состояние</translation>
        </message>
        <message>
            <source>Role</source>
            <translation>Роль</translation>
        </message>
        <message>
            <source>Queue</source>
            <translation>Очередь</translation>
        </message>
        <message>
            <source>Requests here</source>
            <translation>Запросов на узле</translation>
        </message>
        <message>
            <source>Received</source>
            <translation>Получено</translation>
        </message>
        <message>
            <source>Answered ok</source>
            <translation>Успешно</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Неудачно</translation>
        </message>
        <message>
            <source>Latency p50</source>
            <translation>Задержка p50</translation>
        </message>
        <message>
            <source>Latency p99</source>
            <translation>Задержка p99</translation>
        </message>
        <message>
            <source>to %1, all</source>
            <translation>к %1, всего</translation>
        </message>
        <message>
            <source>to %1 as %2, all</source>
            <translation>к %1 как %2, всего</translation>
        </message>
        <message>
            <source>to %1 otherwise, all</source>
            <translation>к %1 иначе, всего</translation>
        </message>
        <message>
            <source>, failed %1</source>
            <translation>, неудачно %1</translation>
        </message>
        <message>
            <source>, cut</source>
            <translation>, разрыв</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ObjectEditor</name>
        <message>
            <source>several values</source>
            <translation>разные значения</translation>
        </message>
        <message>
            <source>set</source>
            <translation>задано</translation>
        </message>
        <message>
            <source>not set</source>
            <translation>не задано</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <comment>a parameter and its value</comment>
            <translation>%1: %2</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::PaletteModel</name>
        <message>
            <source>Drawing</source>
            <translation>Рисование</translation>
        </message>
        <message>
            <source>Zone</source>
            <translation>Зона</translation>
        </message>
        <message>
            <source>A place where nodes stand: a data centre, an availability zone.</source>
            <translation>Место, где стоят узлы: дата-центр, зона доступности.</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Заметка</translation>
        </message>
        <message>
            <source>A text beside the design; it does nothing.</source>
            <translation>Текст рядом со схемой; ни на что не влияет.</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::PaletteWidget</name>
        <message>
            <source>Palette</source>
            <translation>Палитра</translation>
        </message>
        <message>
            <source>Search components</source>
            <translation>Поиск компонентов</translation>
        </message>
        <message>
            <source>Components</source>
            <translation>Компоненты</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ParamForm</name>
        <message>
            <source>Back to the default</source>
            <translation>Вернуть значение по умолчанию</translation>
        </message>
        <message>
            <source>%1: back to the default</source>
            <translation>%1: вернуть значение по умолчанию</translation>
        </message>
        <message>
            <source>Only what is set</source>
            <translation>Только заданное</translation>
        </message>
        <message>
            <source>More parameters (%1)</source>
            <translation>Ещё параметры (%1)</translation>
        </message>
        <message>
            <source>differs from the default</source>
            <translation>отличается от значения по умолчанию</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ProblemsModel</name>
        <message>
            <source>the file</source>
            <translation>файл</translation>
        </message>
        <message>
            <source>line %1</source>
            <translation>строка %1</translation>
        </message>
        <message>
            <source>Problem</source>
            <translation>Проблема</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>Место</translation>
        </message>
        <message>
            <source>Line</source>
            <translation>Строка</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ProblemsView</name>
        <message>
            <source>Checking …</source>
            <translation>Проверка …</translation>
        </message>
        <message>
            <source>No problems. The scenario can be run.</source>
            <translation>Проблем нет. Сценарий можно запускать.</translation>
        </message>
        <message>
            <source>Problems</source>
            <translation>Проблемы</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Копировать</translation>
        </message>
        <message>
            <source>Copy all</source>
            <translation>Копировать всё</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ReferenceEditor</name>
        <message>
            <source>several values</source>
            <translation>разные значения</translation>
        </message>
        <message>
            <source>none</source>
            <translation>нет</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ReportDialog</name>
        <message>
            <source>Export report</source>
            <translation>Экспорт отчёта</translation>
        </message>
        <message>
            <source>Parts of the report</source>
            <translation>Части отчёта</translation>
        </message>
        <message>
            <source>Browse…</source>
            <translation>Обзор…</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Сохранить</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Отмена</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Язык</translation>
        </message>
        <message>
            <source>Contents</source>
            <translation>Содержание</translation>
        </message>
        <message>
            <source>File (.html or .pdf)</source>
            <translation>Файл (.html или .pdf)</translation>
        </message>
        <message>
            <source>Charts as the window shows them</source>
            <translation>Графики в том виде, как в окне</translation>
        </message>
        <message>
            <source>Web page (*.html);;PDF (*.pdf)</source>
            <translation>Веб-страница (*.html);;PDF (*.pdf)</translation>
        </message>
        <message>
            <source>Say where the report shall go.</source>
            <translation>Укажите, куда записать отчёт.</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::RequestBars</name>
        <message>
            <source>network</source>
            <translation>сеть</translation>
        </message>
        <message>
            <source>queue</source>
            <translation>очередь</translation>
        </message>
        <message>
            <source>working</source>
            <translation>работа</translation>
        </message>
        <message>
            <source>waiting for others</source>
            <translation>ожидание других</translation>
        </message>
        <message>
            <source>answer under way</source>
            <translation>ответ в пути</translation>
        </message>
        <message>
            <source>%1 %2</source>
            <translation>%1 %2</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::RequestPanel</name>
        <message>
            <source>Follow one request in</source>
            <translation>Следить за одним запросом из</translation>
        </message>
        <message>
            <source>No request has been followed to its end yet.</source>
            <translation>Ещё ни один запрос не прослежен до конца.</translation>
        </message>
        <message>
            <source>Switch on "Follow one request in" and run: each request that is followed is listed with what it waited for at every hop.</source>
            <translation>Включите «Следить за одним запросом из» и запустите прогон: по каждому прослеженному запросу будет видно, чего он ждал на каждом шаге.</translation>
        </message>
        <message>
            <source>Followed requests</source>
            <translation>Прослеженные запросы</translation>
        </message>
        <message>
            <source>Hops of the request</source>
            <translation>Шаги запроса</translation>
        </message>
        <message>
            <source>Request %1, sent at %2: %3, %4</source>
            <translation>Запрос %1, отправлен в %2: %3, %4</translation>
        </message>
        <message>
            <source>ok</source>
            <translation>успех</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::RunBar</name>
        <message>
            <source>as fast as possible</source>
            <translation>наибольшая</translation>
        </message>
        <message>
            <source>real time</source>
            <translation>реальное время</translation>
        </message>
        <message>
            <source>%1× real time</source>
            <translation>%1× реального</translation>
        </message>
        <message>
            <source>no SLO</source>
            <translation>SLO нет</translation>
        </message>
        <message>
            <source>SLO “%1” breached</source>
            <translation>SLO «%1» нарушен</translation>
        </message>
        <message>
            <source>SLO “%1” missed</source>
            <translation>SLO «%1» не выполнен</translation>
        </message>
        <message>
            <source>SLO “%1” met</source>
            <translation>SLO «%1» соблюдён</translation>
        </message>
        <message>
            <source>all SLOs met</source>
            <translation>все SLO соблюдены</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Прогон</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>Скорость</translation>
        </message>
        <message>
            <source>Virtual time in a second of yours.
Keys: [ slower, ] faster</source>
            <translation>Модельное время за секунду вашего.
Клавиши: [ медленнее, ] быстрее</translation>
        </message>
        <message>
            <source>Virtual time</source>
            <translation>Время модели</translation>
        </message>
        <message>
            <source>How much of the run is done</source>
            <translation>Сколько прогона пройдено</translation>
        </message>
        <message>
            <source>How fast the simulator works</source>
            <translation>Насколько быстро работает симулятор</translation>
        </message>
        <message>
            <source>%1 events/s</source>
            <translation>%1 событий/с</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 из %2</translation>
        </message>
        <message>
            <source>%1 events</source>
            <translation>%1 событий</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::SettingsDialog</name>
        <message>
            <source>Settings</source>
            <translation>Настройки</translation>
        </message>
        <message>
            <source>&amp;Language</source>
            <translation>&amp;Язык</translation>
        </message>
        <message>
            <source>&amp;Theme</source>
            <translation>&amp;Тема</translation>
        </message>
        <message>
            <source>&amp;Speed of new windows</source>
            <translation>&amp;Скорость новых окон</translation>
        </message>
        <message>
            <source>&amp;Keep unsaved edits safe every</source>
            <translation>&amp;Оберегать несохранённые правки каждые</translation>
        </message>
        <message>
            <source> s</source>
            <extracomment>Seconds, after a number in a field.</extracomment>
            <translation> с</translation>
        </message>
        <message>
            <source>Show &amp;requests as dots on the wires</source>
            <translation>Показывать &amp;запросы точками на связях</translation>
        </message>
        <message>
            <source>Show the &amp;gallery when the program starts</source>
            <translation>Показывать &amp;галерею при запуске программы</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Как в системе</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Светлая</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Тёмная</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::SloCard</name>
        <message>
            <source>not judged yet</source>
            <translation>ещё не оценён</translation>
        </message>
        <message>
            <source>met</source>
            <translation>выполнен</translation>
        </message>
        <message>
            <source>breached</source>
            <translation>нарушен</translation>
        </message>
        <message>
            <source>%1 of the error budget spent</source>
            <translation>истрачено бюджета ошибок: %1</translation>
        </message>
        <message>
            <source>good if %1; target %2 over %3</source>
            <translation>хорошо, если %1; цель %2 за %3</translation>
        </message>
        <message>
            <source>%1 of %2 requests were good, %3</source>
            <translation>хороших запросов %1 из %2, %3</translation>
        </message>
        <message>
            <source>below the target for %1, stretches: %2</source>
            <translation>ниже цели %1, промежутков: %2</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::SloPanel</name>
        <message>
            <source>Run the scenario to see its objectives and their error budgets here.</source>
            <translation>Запустите сценарий, и здесь появятся его цели и их бюджеты ошибок.</translation>
        </message>
        <message>
            <source>This scenario states no objectives. Write some under "slos", such as {"name": "fast", "good": "latency &lt; 50ms", "target": "99%"}.</source>
            <translation>В этом сценарии нет целей. Напишите их в «slos», например {"name": "fast", "good": "latency &lt; 50ms", "target": "99%"}.</translation>
        </message>
        <message>
            <source>Objectives</source>
            <translation>Цели (SLO)</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::SourceView</name>
        <message>
            <source>Line %1, column %2</source>
            <translation>Строка %1, столбец %2</translation>
        </message>
        <message>
            <source>not JSON at the moment</source>
            <translation>сейчас не JSON</translation>
        </message>
        <message>
            <source>Text of the scenario</source>
            <translation>Текст сценария</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::ThroughputChart</name>
        <message>
            <source>Throughput and errors</source>
            <translation>Пропускная способность и ошибки</translation>
        </message>
        <message>
            <source>Run the scenario to see throughput and errors here.</source>
            <translation>Запустите сценарий, и здесь появятся пропускная способность и ошибки.</translation>
        </message>
        <message>
            <source>No request has ended yet.</source>
            <translation>Ещё ни один запрос не завершился.</translation>
        </message>
        <message>
            <source>%1 · requests of all clients</source>
            <translation>%1 · запросы всех клиентов</translation>
        </message>
        <message>
            <source>ok</source>
            <translation>успех</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>отказ</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>неизвестно</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::TimelineView</name>
        <message>
            <source>Faults over time</source>
            <translation>Сбои во времени</translation>
        </message>
        <message>
            <source>by hand: %1</source>
            <translation>вручную: %1</translation>
        </message>
        <message>
            <source>at %1</source>
            <translation>в %1</translation>
        </message>
        <message>
            <source>No faults. Right-click where one should begin, or drag one here.</source>
            <translation>Сбоев нет. Щёлкните правой кнопкой там, где сбой должен начаться, или перетащите его сюда.</translation>
        </message>
        <message>
            <source>%1 to %2</source>
            <translation>от %1 до %2</translation>
        </message>
        <message>
            <source>Text of the fault</source>
            <translation>Текст сбоя</translation>
        </message>
        <message>
            <source>Keep the fault done by hand</source>
            <translation>Сохранить сбой, внесённый вручную</translation>
        </message>
        <message>
            <source>Add fault</source>
            <translation>Добавить сбой</translation>
        </message>
        <message>
            <source>Keep in the scenario</source>
            <translation>Сохранить в сценарии</translation>
        </message>
        <message>
            <source>Edit text</source>
            <translation>Изменить текст</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Удалить</translation>
        </message>
        <message>
            <source>Run again to %1</source>
            <translation>Повторить до %1</translation>
        </message>
        <message>
            <source>Back to the newest moment</source>
            <translation>К последнему моменту</translation>
        </message>
        <message>
            <source>Show all</source>
            <translation>Показать всё</translation>
        </message>
        <message>
            <source>from %1 to the end</source>
            <translation>от %1 до конца</translation>
        </message>
        <message>
            <source>%1 to %2, for %3</source>
            <translation>от %1 до %2, длится %3</translation>
        </message>
        <message>
            <source>%1, %2 to %3</source>
            <translation>%1, от %2 до %3</translation>
        </message>
        <message>
            <source>Add a fault at %1…</source>
            <translation>Добавить сбой в %1…</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::Tour</name>
        <message>
            <source>Skip</source>
            <translation>Пропустить</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Назад</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 из %2</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>Готово</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Далее</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::TraceModel</name>
        <message>
            <source>ok</source>
            <translation>успех</translation>
        </message>
        <message>
            <source>Sent</source>
            <translation>Отправлен</translation>
        </message>
        <message>
            <source>Endpoint</source>
            <translation>Точка входа</translation>
        </message>
        <message>
            <source>Latency</source>
            <translation>Задержка</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>Исход</translation>
        </message>
        <message>
            <source>Hops</source>
            <translation>Шаги</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::UntilConditionDialog</name>
        <message>
            <source>Run to a condition</source>
            <translation>Выполнить до условия</translation>
        </message>
        <message>
            <source>Run until this claim holds, as in &lt;i&gt;expect&lt;/i&gt; of a scenario:</source>
            <translation>Выполнять, пока не станет верным утверждение, как в &lt;i&gt;expect&lt;/i&gt; сценария:</translation>
        </message>
        <message>
            <source>Search the values</source>
            <translation>Поиск по величинам</translation>
        </message>
        <message>
            <source>Values of the run</source>
            <translation>Величины прогона</translation>
        </message>
        <message>
            <source>Comparisons: &amp;lt; &amp;lt;= &amp;gt; &amp;gt;= == != &lt;i&gt;between&lt;/i&gt; A &lt;i&gt;and&lt;/i&gt; B. Numbers take units: 200ms, 5%, 100/s.</source>
            <translation>Сравнения: &amp;lt; &amp;lt;= &amp;gt; &amp;gt;= == != &lt;i&gt;between&lt;/i&gt; A &lt;i&gt;and&lt;/i&gt; B. У чисел бывают единицы: 200ms, 5%, 100/s.</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Прогон</translation>
        </message>
        <message>
            <source>Write a claim.</source>
            <translation>Напишите утверждение.</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::UntilTimeDialog</name>
        <message>
            <source>Run to a time</source>
            <translation>Выполнить до момента</translation>
        </message>
        <message>
            <source> s</source>
            <translation> с</translation>
        </message>
        <message>
            <source>Virtual &amp;time</source>
            <translation>Модельное &amp;время</translation>
        </message>
        <message>
            <source>Now at %1; the run ends at %2. To a time before now it is played again from the start, exactly as it was.</source>
            <translation>Сейчас %1; прогон кончается на %2. До более раннего момента он проигрывается заново с начала, точно как был.</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Прогон</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::VerdictModel</name>
        <message>
            <source>never</source>
            <translation>никогда</translation>
        </message>
        <message>
            <source>linearizable</source>
            <translation>линеаризуемость</translation>
        </message>
        <message>
            <source>sequential</source>
            <translation>последовательная</translation>
        </message>
        <message>
            <source>regular</source>
            <translation>регулярность</translation>
        </message>
        <message>
            <source>causal</source>
            <translation>причинная</translation>
        </message>
        <message>
            <source>causal convergence</source>
            <translation>причинная со сходимостью</translation>
        </message>
        <message>
            <source>PRAM</source>
            <translation>PRAM</translation>
        </message>
        <message>
            <source>read your writes</source>
            <translation>чтение своих записей</translation>
        </message>
        <message>
            <source>monotonic reads</source>
            <translation>монотонные чтения</translation>
        </message>
        <message>
            <source>monotonic writes</source>
            <translation>монотонные записи</translation>
        </message>
        <message>
            <source>writes follow reads</source>
            <translation>записи после чтений</translation>
        </message>
        <message>
            <source>strict serializable</source>
            <translation>строгая сериализуемость</translation>
        </message>
        <message>
            <source>serializable</source>
            <translation>сериализуемость</translation>
        </message>
        <message>
            <source>snapshot isolation</source>
            <translation>изоляция снимков</translation>
        </message>
        <message>
            <source>prefix</source>
            <translation>префиксная</translation>
        </message>
        <message>
            <source>read atomic</source>
            <translation>атомарные чтения</translation>
        </message>
        <message>
            <source>read committed</source>
            <translation>чтение зафиксированного</translation>
        </message>
        <message>
            <source>session guarantees</source>
            <translation>гарантии сеанса</translation>
        </message>
        <message>
            <source>none</source>
            <translation>никакая</translation>
        </message>
        <message>
            <source>not decided</source>
            <translation>не решено</translation>
        </message>
        <message>
            <source>from %1, no answer</source>
            <translation>с %1, ответа нет</translation>
        </message>
        <message>
            <source>%1 to %2</source>
            <translation>от %1 до %2</translation>
        </message>
        <message>
            <source>session %1: %2 (%3)</source>
            <translation>сеанс %1: %2 (%3)</translation>
        </message>
        <message>
            <source>%1: %2</source>
            <translation>%1: %2</translation>
        </message>
        <message>
            <source>✓ holds</source>
            <translation>✓ выполняется</translation>
        </message>
        <message>
            <source>✕ violated</source>
            <translation>✕ нарушена</translation>
        </message>
        <message>
            <source>? unknown</source>
            <translation>? неизвестно</translation>
        </message>
        <message>
            <source>held in %1</source>
            <translation>выполнена в %1</translation>
        </message>
        <message>
            <source>violated in %1</source>
            <translation>нарушена в %1</translation>
        </message>
        <message>
            <source>unknown in %1</source>
            <translation>неизвестно в %1</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Модель</translation>
        </message>
        <message>
            <source>Verdict</source>
            <translation>Вывод</translation>
        </message>
        <message>
            <source>Histories</source>
            <translation>Истории</translation>
        </message>
    </context>
    <context>
        <name>faultline::gui::WordEditor</name>
        <message>
            <source>several values</source>
            <translation>разные значения</translation>
        </message>
    </context>
</TS>
