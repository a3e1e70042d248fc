from ._concentration_plot import plot_concentration as plot_concentration
from ._ranking_plot import plot_ranking as plot_ranking
from ._time_plot import plot_time as plot_time
from ._write import write_report as write_report
