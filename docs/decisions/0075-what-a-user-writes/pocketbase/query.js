// task: query
import PocketBase from "pocketbase";

const pb = new PocketBase("http://localhost:8090");
const { items } = await pb.collection("reviews").getList(1, 20, {
  filter: pb.filter("stars >= {:stars} && school.country = {:country}", { stars: 4, country: "nl" }),
  sort: "-created",
  expand: "school,author",
  fields: "*,expand.school.name,expand.author.name",
  skipTotal: true,
});
