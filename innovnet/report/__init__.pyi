from ._ranking_plot import plot_ranking as plot_ranking
from ._write import write_report as write_report
