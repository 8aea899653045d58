// task: function
routerAdd("POST", "/api/compare", (e) => {
  const { ids } = e.requestInfo().body;
  if (!Array.isArray(ids) || ids.length > 4 || ids.some((id) => typeof id !== "string")) {
    throw new BadRequestError("ids: up to four texts");
  }
  const rows = arrayOf(new DynamicModel({ name: "", stars: -0, count: 0 }));
  $app
    .db()
    .newQuery(
      `SELECT s.name, coalesce(avg(r.stars), 0) AS stars, count(r.id) AS count
       FROM schools s LEFT JOIN reviews r ON r.school = s.id
       WHERE s.id IN (SELECT value FROM json_each({:ids})) GROUP BY s.id`,
    )
    .bind({ ids: JSON.stringify(ids) })
    .all(rows);
  return e.json(200, rows);
});
