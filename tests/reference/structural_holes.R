# Constraint of the golden networks by R's igraph: an independent reading of the same definition.
# Rscript tests/reference/structural_holes.R > tests/reference/structural_holes.csv      (R 4, igraph 1.3.5)
suppressMessages(library(igraph))

table_of <- function(text) {
  ties <- do.call(rbind, strsplit(strsplit(text, " ")[[1]], ""))
  data.frame(from = ties[, 1], to = ties[, 2], weight = as.numeric(ties[, 3]))
}
U <- table_of("ab2 ac2 fg2 af1 bc1 cd1 ce1 cf1 de1 df1 ef1 eg1 fh1 fj1 gh1 gj1 hj1 ij1 ik1")
D <- table_of("pq1 qp2 pr3 qr1 rs2 st1 ts1 rt1 tu4 ur1 uv2 vw1 wu2 vx1 xp1 sv1 yr2 wv1")

cat("network,weighted,actor,constraint\n")
for (name in c("U", "D")) for (weighted in c(TRUE, FALSE)) {
  graph <- graph_from_data_frame(get(name), directed = name == "D")
  E(graph)$weight <- if (weighted) E(graph)$weight else 1
  found <- constraint(graph)
  for (actor in sort(names(found))) cat(sprintf("%s,%s,%s,%.12f\n", name, weighted, actor, found[[actor]]))
}
