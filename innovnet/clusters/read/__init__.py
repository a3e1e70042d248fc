"""Reading a register from a workbook or a folder of csv files."""
