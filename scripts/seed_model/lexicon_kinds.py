# ruff: noqa: E501  (a table: one entry a line)
"""Kinds of values: what parameters and result fields are called, which values they take, how people say them.

One line a kind: `name : type : source : phrases / phrases : note / note`. In a phrase `{}` stands for the value.
Types: s string, i integer, n number, b boolean, ss strings, nn numbers. A source names a generator of `values.py`, or
lists the options of an enumeration in brackets. A boolean has two phrases: for yes and for no.
"""

from __future__ import annotations

KINDS_BY_DOMAIN: dict[str, str] = {
    "general": """
title:s:title:titled {}/called {}/with the title {}:Title in a few words./Short title./Headline shown in lists.
name:s:label:named {}/called {}/with the name {}:Display name./What it is called.
description:s:note:described as {}/with the description {}:Free text description./Longer description.
note:s:note:with the note {}/and add the note {}:Note kept with the entry./Optional remark.
reason:s:reason:because of {}/with {} as the reason/due to {}:Why this is done./Short reason.
date:s:date:on {}/for {}/dated {}:Date as YYYY-MM-DD./Calendar day.
start_date:s:date:starting {}/from {}/starting on {}:First day./Start day, YYYY-MM-DD.
end_date:s:date:until {}/up to {}/ending {}:Last day./End day, YYYY-MM-DD.
due_date:s:date:due {}/due on {}/by {}:When it has to be finished./Due day.
time:s:time:at {}/for {}:Time of day, 24 hours./Clock time HH:MM.
city:s:city:in {}/for {}/around {}:City name./Name of the town.
country:s:country:in {}/for {}:Country name./Full English country name.
category:s:category:in the {} category/under {}/in category {}:Category name./Which group it belongs to.
priority:s:[low,medium,high]:with {} priority/at {} priority/with priority {}:How urgent it is.
status:s:[open,pending,closed]:with status {}/that is {}/marked {}:State to filter by./Wanted state.
limit:i:small:limited to {}/with a limit of {}/but no more than {}:Maximum number of entries./How many to return.
quantity:i:small:with a quantity of {}/in a quantity of {}:How many./Number of units.
owner:s:person:owned by {}/with {} as the owner/belonging to {}:Person in charge./Full name of the owner.
email:s:email:with the email {}/using {}/reachable at {}:Email address./Where to write to.
keyword:s:keyword:about {}/matching {}/containing {}:Word to look for./Search word.
tags:ss:tag:tagged {}/with the tags {}:Labels to put on it./List of tags.
color:s:color:in {}/colored {}:Color name.
language:s:language:in {}/written in {}:Language name./Language of the text.
notify:b:-:and notify everyone/with notifications on/but without notifying anyone/with notifications off:Whether people get told.
is_public:b:-:visible to everyone/as a public one/visible only to me/not public:Whether others can see it.
include_archived:b:-:including archived ones/including the archived ones/without archived ones/leaving out archived ones:Also archived entries.
sort_by:s:[date,name,price,size]:sorted by {}/ordered by {}:Sort key.
amount:n:amount:for {}/over {}/of {}:Amount of money./Sum in the account's currency.
currency:s:currency:in {}/paid in {}:Currency code, three letters.
phone:s:phone:with phone number {}/reachable at {}:Phone number./Number to call.
url:s:url:at {}/from {}/using the link {}:Web address./Full link.
address:s:street:at {}/located at {}:Street and number.
rating:i:stars:with a rating of {}/rated {}:Stars from one to five.
""",
    "office": """
assignee:s:person:for {}/assigned to {}/with {} on it:Who does it./Person it is given to.
department:s:department:for the {} department/in {}:Department name.
attendees:ss:person:with {}/together with {}/attended by {}:People who take part./Names of guests.
duration_minutes:i:minutes:for {} minutes/lasting {} minutes/{} minutes long:Length in minutes.
room:s:room:in {}/in room {}:Room name or number.
client:s:company:for {}/on behalf of {}:Client company.
summary:s:note:with the summary {}/summed up as {}:Short summary.
""",
    "people": """
employee_name:s:person:for {}/concerning {}:Full name of the employee.
job_title:s:job:as {}/for the position of {}/with the job title {}:Position held.
salary:i:bigamount:with a salary of {}/paying {}:Yearly salary.
manager:s:person:reporting to {}/managed by {}/under {}:Name of the manager.
hours:n:hours:for {} hours/of {} hours:Hours worked.
contract_type:s:[permanent,temporary,freelance]:on a {} contract/as {} staff:Kind of contract.
years_experience:i:small:with {} years of experience:Years in the job.
""",
    "shop": """
customer_name:s:person:for {}/for the customer {}/in the name of {}:Who buys./Full customer name.
product_name:s:product:for the {}/with the {}/containing the {}:Product as listed.
unit_price:n:price:at {} each/priced at {}/costing {}:Price of one piece.
discount_percent:i:percent:with {} percent off/at a {} percent discount:Discount in percent.
coupon_code:s:code:with coupon {}/using the code {}:Code on the coupon.
size:s:[small,medium,large]:in size {}/in {}:Size of the item.
gift_wrap:b:-:gift wrapped/with gift wrapping/not gift wrapped/without gift wrapping:Whether to wrap it.
brand:s:company:from {}/made by {}:Brand name.
max_price:n:price:under {}/for no more than {}/costing at most {}:Upper price limit.
""",
    "logistics": """
origin:s:city:from {}/leaving {}/starting in {}:Place it leaves from.
destination:s:city:to {}/going to {}/bound for {}:Where it goes.
weight_kg:n:weight:weighing {} kilos/with a weight of {} kilos:Weight in kilograms.
carrier:s:company:with {}/via {}/carried by {}:Transport company.
tracking_number:s:tracking:with tracking number {}/under tracking number {}:Number on the label.
express:b:-:as express/with express service/not as express/with normal service:Faster and dearer.
pieces:i:small:with {} pieces/in {} pieces:Number of pieces.
""",
    "health": """
patient_name:s:person:for {}/for the patient {}:Patient's full name.
doctor:s:doctor:with {}/by {}/under {}:Treating doctor.
medicine:s:medicine:of {}/for {}/with {}:Name of the medicine.
dosage_mg:i:dose:at {} milligrams/of {} milligrams:Dose in milligrams.
birth_date:s:birthdate:born {}/born on {}:Date of birth.
symptoms:ss:symptom:with {}/complaining of {}/showing {}:What the patient feels.
insurance_number:s:code:with insurance number {}/insured under {}:Number on the card.
urgent:b:-:as an urgent case/marked urgent/not urgent/without urgency:Needs help now.
""",
    "travel": """
from_city:s:city:from {}/leaving from {}/departing from {}:City of departure.
to_city:s:city:to {}/heading to {}/bound for {}:City of arrival.
departure_date:s:date:on {}/leaving on {}/departing {}:Day of departure.
return_date:s:date:returning {}/back on {}/coming back on {}:Day of return.
passengers:i:small:for {} people/with {} passengers/for {} travelers:Number of travelers.
nights:i:small:for {} nights/staying {} nights:Nights to stay.
cabin_class:s:[economy,business,first]:in {} class/in {}:Cabin class.
passenger_name:s:person:for {}/in the name of {}:Name as in the passport.
breakfast:b:-:with breakfast/breakfast included/without breakfast/no breakfast:Whether breakfast is wanted.
airline:s:airline:with {}/flying {}:Airline name.
""",
    "files": """
path:s:path:at {}/under {}/in {}:Path of the file./Absolute path.
file_name:s:filename:named {}/called {}/with the file name {}:Name with extension.
new_name:s:filename:to {}/with the new name {}/as {}:Name it gets.
folder:s:folder:in {}/in the folder {}/inside {}:Folder name.
size_mb:n:weight:with a size of {} megabytes/of {} megabytes:Size in megabytes.
format:s:[pdf,csv,txt,png]:as {}/in {} format:File type.
overwrite:b:-:overwriting what is there/replacing the old one/without overwriting anything/keeping the old one:Replace an existing one.
encoding:s:[utf-8,ascii,latin-1]:with {} encoding/encoded as {}:Text encoding.
""",
    "code": """
repo:s:slug:in {}/for the repo {}/from {}:Repository name.
branch_name:s:branch:on branch {}/from {}/on {}:Name of the branch.
author:s:handle:by {}/written by {}/from {}:Account of the author.
version:s:version:at version {}/with version {}/for version {}:Version number.
environment_name:s:[staging,production,testing]:to {}/on {}/in {}:Where it runs.
reviewers:ss:handle:reviewed by {}/with {} as reviewers:Accounts that review.
labels:ss:tag:labeled {}/with labels {}:Labels to attach.
commit_hash:s:hex:at commit {}/for commit {}:Short hash.
force:b:-:forcing it/by force/without forcing it/not by force:Skip the checks.
""",
    "cars": """
license_number:s:plate:with plate {}/with license plate {}:Plate number.
model:s:carmodel:for a {}/for the {}/of the {}:Make and model.
mileage:i:mileage:at {} kilometers/with {} kilometers on it:Kilometers driven.
garage_name:s:company:at {}/with {}:Garage or dealer.
fuel_type:s:[petrol,diesel,electric,hybrid]:running on {}/with {} drive:Kind of fuel.
speed:i:percent:at {}/at a speed of {}/up to {}:Speed in km/h.
seats:i:small:with {} seats:Number of seats.
""",
    "music": """
artist_name:s:person:by {}/from {}/sung by {}:Who performs.
song_title:s:song:with the song {}/for the song {}:Title of the song.
genre:s:genre:in the {} genre/of the genre {}:Style of music.
volume:i:percent:at volume {}/with the volume at {}:Loudness, 0 to 100.
shuffle:b:-:on shuffle/in random order/in the given order/without shuffling:Random order.
year:i:year:from {}/from the year {}:Year it came out.
venue:s:venue:at {}/at the {}:Concert hall.
""",
    "banking": """
account_number:s:account:from account {}/on account {}/for account {}:Number of the account.
payee:s:person:to {}/payable to {}/for {}:Who gets the money.
iban:s:iban:to {}/with IBAN {}:International account number.
interest_rate:n:rate:at {} percent/with a rate of {} percent:Yearly interest.
months:i:months:over {} months/for {} months:Running time in months.
merchant:s:company:at {}/from {}/paid to {}:Where the money went.
memo:s:note:with the memo {}/marked {}:Text on the statement.
recurring:b:-:as a recurring one/repeated every month/only once/not recurring:Repeat every month.
""",
    "school": """
student_name:s:person:for {}/for the student {}:Full name of the student.
subject:s:subject:in {}/on {}/about {}:School subject.
teacher_name:s:person:taught by {}/with {}/from {}:Name of the teacher.
semester:s:semester:in {}/for {}:Term and year.
score:i:percent:with a score of {}/scoring {}:Points reached.
credits:i:small:worth {} credits/with {} credits:Credit points.
classroom_number:s:room:in {}/held in {}:Room number.
""",
    "weather": """
location:s:city:in {}/for {}/near {}:Place name.
days:i:small:for {} days/for the next {} days/covering {} days:Number of days.
units:s:[celsius,fahrenheit]:in {}/using {}:Temperature unit.
latitude:n:latitude:at latitude {}:Degrees north.
longitude:n:longitude:at longitude {}/and longitude {}:Degrees east.
threshold:n:weight:above {}/with a threshold of {}:Value that counts as high.
hourly:b:-:hour by hour/with hourly values/only daily values/without hourly values:Values for each hour.
""",
    "messages": """
recipient:s:person:to {}/for {}/addressed to {}:Who gets it./Name of the receiver.
body:s:message:saying {}/with the text {}/that says {}:Text of the message.
subject_line:s:title:with the subject {}/about {}:Subject line.
channel_name:s:channel:in {}/in the {} channel/on {}:Name of the channel.
cc:ss:email:with a copy to {}/copying {}:Further receivers.
sender:s:person:from {}/sent by {}/written by {}:Who wrote it.
send_at:s:datetime:at {}/to go out at {}:When to send.
silent:b:-:silently/without a sound/with a sound/not silently:No sound.
""",
    "devices": """
device_name:s:device:for the {}/on the {}/called {}:Name given to the device.
room_name:s:houseroom:in the {}/for the {}:Room of the house.
temperature:n:temperature:at {} degrees/to {} degrees/with {} degrees:Degrees Celsius.
brightness:i:percent:at {} percent/with brightness {}/to {} percent:Brightness in percent.
mode:s:[auto,eco,manual,night]:in {} mode/on {}:Operating mode.
timer_minutes:i:minutes:for {} minutes/with a timer of {} minutes:Minutes until it stops.
serial_number:s:code:with serial number {}/with the serial {}:Number on the back.
night_light:b:-:with the night light on/with night light/with the night light off/without night light:Small light at night.
""",
    "calendar": """
guests:ss:person:with {}/inviting {}/together with {}:People to invite.
start_time:s:datetime:starting {}/from {}/beginning at {}:When it begins.
end_time:s:datetime:until {}/ending at {}/to {}:When it ends.
place:s:venue:at {}/at the {}/held at {}:Where it takes place.
reminder_minutes:i:minutes:with a reminder {} minutes before/reminding me {} minutes ahead:Minutes before.
all_day:b:-:for the whole day/as an all-day one/not for the whole day/not all day:Lasts the whole day.
host:s:person:hosted by {}/with {} as host:Who invites.
""",
    "food": """
dish:s:dish:for {}/with {}/of {}:Name of the dish.
servings:i:small:for {} people/with {} servings/for {} servings:Number of portions.
cuisine:s:cuisine:with {} food/in {} style:Kind of kitchen.
ingredients:ss:ingredient:with {}/made of {}/using {}:What goes in.
party_size:i:small:for {} people/for a party of {}/for {} guests:Guests at the table.
vegetarian:b:-:vegetarian only/without meat/with meat/not vegetarian:No meat.
cooking_minutes:i:minutes:in {} minutes/taking {} minutes:Time on the stove.
restaurant_name:s:restaurant:at {}/from {}:Name of the restaurant.
""",
    "fitness": """
distance_km:n:weight:over {} kilometers/of {} kilometers:Distance in kilometers.
sport:s:sport:for {}/doing {}/in {}:Kind of sport.
intensity:s:[easy,moderate,hard]:at {} intensity/at {} effort:How hard it is.
calories:i:dose:burning {} calories/with {} calories:Energy burned.
trainer:s:person:with {}/coached by {}/led by {}:Who leads it.
repetitions:i:small:with {} repetitions/repeated {} times:How often.
heart_rate:i:pulse:at a heart rate of {}/with a pulse of {}:Beats a minute.
""",
    "property": """
tenant_name:s:person:for {}/rented by {}:Name of the tenant.
rooms:i:small:with {} rooms/that has {} rooms:Number of rooms.
monthly_rent:i:bigamount:for {} a month/at {} per month:Rent a month.
postal_code:s:zip:in {}/in the area {}/with postal code {}:Postal code.
area_sqm:n:weight:with {} square meters/of {} square meters:Living area.
furnished:b:-:furnished/with furniture/unfurnished/without furniture:Comes with furniture.
floor:i:small:on floor {}/on level {}:Floor number.
""",
    "news": """
topic:s:keyword:about {}/on {}/covering {}:What it is about.
source:s:newspaper:from {}/published by {}/out of {}:Newspaper or site.
author_name:s:person:by {}/written by {}/signed by {}:Who wrote it.
word_count:i:dose:with {} words/of about {} words:Length in words.
section:s:[politics,sports,culture,science]:in the {} section/under {}:Section of the paper.
published_after:s:date:published after {}/from after {}:Earliest day.
""",
    "games": """
player_name:s:handle:for {}/for player {}/as {}:Nickname of the player.
level_number:i:small:at level {}/for level {}:Level reached.
points:i:dose:with {} points/for {} points:Points won.
team_name:s:team:for {}/for the team {}/against {}:Name of the team.
difficulty:s:[easy,normal,hard]:on {} difficulty/set to {}:How hard it is.
server_region:s:region:on the {} server/in {}:Where the server stands.
ranked:b:-:as a ranked one/with ranking/unranked/without ranking:Counts for the ranking.
""",
    "farm": """
crop_name:s:crop:of {}/with {}/for {}:What grows.
hectares:n:weight:over {} hectares/on {} hectares:Area in hectares.
liters:i:dose:with {} liters/using {} liters:Amount of water.
farmer:s:person:for {}/run by {}:Name of the farmer.
soil_type:s:[clay,sand,loam]:on {} soil/with {} soil:Kind of soil.
humidity:i:percent:at {} percent humidity/with a humidity of {}:Humidity in percent.
""",
    "pets": """
pet_name:s:petname:for {}/called {}/named {}:Name of the animal.
breed:s:breed:of the breed {}/for a {}:Breed of the animal.
age_years:i:small:aged {}/that is {} years old:Age in years.
owner_name:s:person:for {}/belonging to {}:Who owns it.
vet:s:doctor:with {}/at {}:Name of the vet.
neutered:b:-:neutered/already neutered/not neutered/not yet neutered:Whether it is neutered.
""",
    "city": """
line_number:i:small:for line {}/on line {}:Number of the line.
street:s:street:at {}/on {}/near {}:Street and number.
resident:s:person:for {}/filed by {}:Name of the resident.
district:s:district:in {}/in the district {}:Part of town.
fee:n:price:with a fee of {}/costing {}:Fee to pay.
wheelchair:b:-:with wheelchair access/wheelchair friendly/without wheelchair access/no wheelchair access needed:Step-free access.
""",
    "factory": """
machine_name:s:machine:on the {}/for the {}/at the {}:Name of the machine.
batch_size:i:dose:with a batch size of {}/in batches of {}:Pieces in a batch.
material:s:material:made of {}/from {}/using {}:Raw material.
shift_name:s:[morning,evening,night]:for the {} shift/in the {} shift:Which shift.
operator:s:person:run by {}/with {} as operator:Who runs it.
tolerance_mm:n:rate:with a tolerance of {} millimeters/within {} millimeters:Allowed deviation.
""",
    "security": """
username:s:handle:for {}/for the user {}/as {}:Account name.
ip_address:s:ip:from {}/for {}/coming from {}:Network address.
role_name:s:[admin,editor,viewer]:with the {} role/as {}:Role in the system.
expires_on:s:date:expiring {}/valid until {}:Last valid day.
port:i:port:on port {}/for port {}:Network port.
two_factor:b:-:with two-factor login/with two-factor on/without two-factor login/with two-factor off:Second factor.
""",
    "science": """
temperature_kelvin:n:temperature:at {} kelvin:Temperature in kelvin.
substance:s:substance:with {}/of {}/using {}:Chemical substance.
researcher:s:person:by {}/led by {}/for {}:Who does it.
instrument:s:machine:with the {}/on the {}:Device used.
readings:nn:reading:with the readings {}/from the values {}:Measured values.
trials:i:small:with {} trials/over {} trials:Number of runs.
""",
    "sales": """
company:s:company:for {}/at {}/with {}:Company name.
contact_name:s:person:with {}/through {}/for {}:Person to talk to.
deal_value:n:bigamount:worth {}/with a value of {}:Value of the deal.
stage:s:[new,qualified,won,lost]:in stage {}/at the {} stage:Stage of the sale.
region:s:region:in {}/for {}/covering {}:Sales region.
quarter:s:quarter:for {}/in {}:Quarter of the year.
probability:i:percent:at {} percent/with a chance of {} percent:Chance in percent.
""",
}

FIELDS: str = """
status:s:state
total:n:amount
count:i:small
created_at:s:datetime
updated_at:s:datetime
confirmation_code:s:code
message:s:outcome
price:n:price
balance:n:amount
score:n:rate
eta:s:datetime
url:s:url
progress:i:percent
next_step:s:note
handler:s:person
expiry_date:s:date
version:s:version
duration_minutes:i:minutes
success:b:-
available:b:-
confirmed:b:-
rank:i:small
fee:n:price
reference:s:code
summary:s:note
"""
"""Result fields any tool may have, besides the kinds of its domain."""
