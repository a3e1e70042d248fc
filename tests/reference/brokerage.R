# Gould-Fernandez brokerage of the golden networks by R's sna: counts by actor, and its expectations and deviations (independent arcs, so-called Bernoulli).
# Rscript tests/reference/brokerage.R > tests/reference/brokerage.csv      (R 4.2.2, sna 2.7.1)
suppressMessages(library(sna))

matrix_of <- function(text, actors, directed) {
  actors <- strsplit(actors, "")[[1]]
  A <- matrix(0, length(actors), length(actors), dimnames = list(actors, actors))
  for (tie in strsplit(strsplit(text, " ")[[1]], "")) {
    A[tie[1], tie[2]] <- 1
    if (!directed) A[tie[2], tie[1]] <- 1
  }
  A
}
group_of <- function(actors, groups) vapply(actors, function(a) names(groups)[grepl(a, groups)], "")

U <- matrix_of("ab ac fg af bc cd ce cf de df ef eg fh fj gh gj hj ij ik", "abcdefghijkl", FALSE)
D <- matrix_of("pq qp pr qr rs st ts rt tu ur uv vw wu vx xp sv yr wv", "pqrstuvwxy", TRUE)
groups <- list(
  U = list(sector = c(firm = "abdgikl", university = "cfj", institute = "eh"), region = c(R1 = "abc", R2 = "del", R3 = "fgh", R4 = "ijk")),
  D = list(sector = c(firm = "pqsvx", university = "ruy", institute = "tw"), region = c(R1 = "pqry", R2 = "stx", R3 = "uvw"))
)
roles <- c("coordinator", "itinerant", "representative", "gatekeeper", "liaison", "total")  # the order of sna's columns: w_I w_O b_IO b_OI b_O t

cat("network,groups,actor,role,observed,expected,sd\n")
for (name in c("U", "D")) for (by in c("sector", "region")) {
  A <- get(name)
  found <- brokerage(A, group_of(rownames(A), groups[[name]][[by]]))
  for (k in seq_along(roles)) {
    for (a in rownames(A)) cat(sprintf("%s,%s,%s,%s,%d,%.10f,%.10f\n", name, by, a, roles[k], found$raw.nli[a, k], found$exp.nli[a, k], found$sd.nli[a, k]))
    cat(sprintf("%s,%s,,%s,%d,%.10f,%.10f\n", name, by, roles[k], found$raw.gli[k], found$exp.gli[k], found$sd.gli[k]))
  }
}
