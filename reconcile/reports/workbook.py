def workbook(result, ledger): return b""
