migrate((app) => {
  // task: guard
  const users = app.findCollectionByNameOrId("users");
  users.fields.add(new SelectField({ name: "role", values: ["editor"], hidden: true }));
  users.listRule = "";
  users.viewRule = "";
  users.createRule = "@request.body.role:isset = false";
  users.updateRule = "id = @request.auth.id && @request.body.role:isset = false";
  app.save(users);

  // task: define
  const schools = new Collection({
    type: "base",
    name: "schools",
    // task: guard
    listRule: "",
    viewRule: "",
    createRule: '@request.auth.role = "editor"',
    updateRule: '@request.auth.role = "editor"',
    deleteRule: '@request.auth.role = "editor"',
    // task: define
    fields: [
      { name: "name", type: "text", required: true, max: 200 },
      { name: "country", type: "text", required: true, min: 2, max: 2 },
    ],
    indexes: ["CREATE INDEX schools_country ON schools (country)"],
  });
  app.save(schools);
  const reviews = new Collection({
    type: "base",
    name: "reviews",
    // task: guard
    listRule: "",
    viewRule: "",
    createRule: '@request.auth.id != "" && author = @request.auth.id',
    updateRule: "author = @request.auth.id && @request.body.author:isset = false && @request.body.school:isset = false",
    deleteRule: 'author = @request.auth.id || @request.auth.role = "editor"',
    // task: define
    fields: [
      { name: "school", type: "relation", required: true, collectionId: schools.id, cascadeDelete: true },
      { name: "author", type: "relation", required: true, collectionId: users.id, cascadeDelete: true },
      { name: "stars", type: "number", required: true, onlyInt: true, min: 1, max: 5 },
      { name: "body", type: "text", max: 4000 },
      { name: "created", type: "autodate", onCreate: true },
    ],
  });
  app.save(reviews);
});
