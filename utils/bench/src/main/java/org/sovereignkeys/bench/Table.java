/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns as wide as they must be; numbers stand to the right. */
final class Table {
    private static final String GAP = "  ";

    private Table() {}

    /** @param rows of equal length, the first with the columns' names */
    static String of(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < rows.getFirst().size(); column++) {
            int index = column;
            widths.add(rows.stream().mapToInt(row -> row.get(index).length()).max().orElse(0));
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths.get(column) - cell.length());
                line.append(isNumber(rows.getLast().get(column)) ? padding + cell : cell + padding).append(GAP);
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static boolean isNumber(String cell) {
        return cell.matches("-?[0-9.]+");
    }
}
