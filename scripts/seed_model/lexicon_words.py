# ruff: noqa: E501  (a table: one entry a line)
"""Words the writer composes tools from: verbs by what they do, nouns by domain, adjectives.

Plain tables, one entry a word, so that a reader can extend them without reading code. `verbs.py` knows how to inflect
them; `vocabulary.py` splits them into a part for training and a part kept aside.
"""

from __future__ import annotations

VERBS: dict[str, str] = {
    "create": "create=set up,put in|add=put in,enter|register=sign up|make=put together|draft=write up|prepare=put together"
    "|log=note down|record=note down|file=put in|generate=produce|build=put together|insert=add|define=set up"
    "|compose=write|enter=put in|issue=make out|plan=set up|open=start|introduce=bring in",
    "read": "get=show me,pull up,give me|show=let me see,display|fetch=bring me,pull up|view=show me,let me see"
    "|check=have a look at,look at|look up=pull up,find me|retrieve=get me,dig out|read=open,read out"
    "|describe=tell me about|inspect=take a look at,examine|display=show me|load=bring up,open"
    "|summarize=sum up|track=follow,tell me about|preview=show me|report=tell me about|examine=look into",
    "list": "list=show me,give me|search=look for,search for|find=look for,search out|browse=look through,show me"
    "|filter=narrow down,pick out|query=look up,search for|collect=gather,pull together|discover=find,look for"
    "|enumerate=list,go through|gather=collect,bring together",
    "update": "update=change|change=alter,switch|edit=revise,change|modify=change,alter|adjust=correct"
    "|revise=rework,update|amend=correct,change|set=change|configure=set up,adjust|tweak=adjust,fine-tune"
    "|patch=fix,update|fix=correct,repair",
    "delete": "delete=get rid of,remove|remove=take out,delete|erase=wipe,delete|discard=throw away,drop"
    "|cancel=call off,drop|clear=wipe,empty|destroy=get rid of|purge=wipe|withdraw=take back|drop=get rid of",
    "state": "archive=put away,file away|confirm=lock in|approve=sign off on,okay|reject=turn down|flag=mark"
    "|verify=double-check,check|review=go over|export=save a copy of|print=print out|duplicate=make a copy of,copy"
    "|restore=bring back|activate=switch on,start|deactivate=switch off|validate=check|hide=tuck away"
    "|pin=highlight|refresh=reload|suspend=pause|renew=extend|reopen=open up|freeze=block",
    "send": "send=send out|share=pass on|forward=pass on,send on|deliver=bring|submit=hand in,send in"
    "|dispatch=send off|hand over=pass|mail=post,send|present=show|announce=send out",
    "move": "assign=give,hand|move=shift,bring over|transfer=hand over,move|link=connect,tie|attach=add|copy=duplicate"
    "|connect=hook up,link|route=direct|import=bring in|add=put",
    "compute": "calculate=work out,figure out|compute=work out|estimate=give me a rough idea of,guess"
    "|predict=forecast|measure=work out,determine|determine=work out,find out|project=forecast|evaluate=work out"
    "|assess=judge,work out|quote=give me a figure for",
}
"""Class -> `verb=ways to say it`, separated by bars."""

GERUNDS: dict[str, str] = {
    "put": "putting",
    "set": "setting",
    "get": "getting",
    "log": "logging",
    "plan": "planning",
    "drop": "dropping",
    "submit": "submitting",
    "flag": "flagging",
    "pin": "pinning",
    "stop": "stopping",
    "cut": "cutting",
    "run": "running",
    "ship": "shipping",
    "split": "splitting",
    "swap": "swapping",
    "refer": "referring",
    "equip": "equipping",
    "spin": "spinning",
    "dim": "dimming",
    "skip": "skipping",
    "begin": "beginning",
    "wrap": "wrapping",
    "tag": "tagging",
    "transfer": "transferring",
}
"""-ing forms that no rule gives."""

DOMAINS: dict[str, str] = {
    "office": "ticket,task,meeting,memo,report,agenda,project,milestone,timesheet,contract,presentation,survey,"
    "workspace,whiteboard,deadline,proposal,checklist|close,escalate,postpone,resolve,reschedule",
    "people": "employee,applicant,interview,vacancy,payslip,vacation request,training session,appraisal,shift,roster,"
    "badge,internship,job offer,sick note,salary band,onboarding plan|extend,sign,accept,decline",
    "shop": "order,product,cart,coupon,customer,wishlist,return,gift card,supplier,catalog,price tag,discount,"
    "subscription,bundle,warranty,stock item|buy,restock,order,wrap,reserve",
    "logistics": "shipment,parcel,package,delivery,route,truck,warehouse,pallet,container,customs form,pickup,courier,"
    "freight quote,loading dock,cargo manifest,driver|ship,load,reroute,hold,release",
    "health": "patient,prescription,appointment,lab test,allergy,vaccination,diagnosis,referral,treatment,symptom,"
    "medication,clinic visit,blood sample,care plan,insurance claim,diet plan|refill,book,postpone,order",
    "travel": "flight,hotel,trip,itinerary,car rental,boarding pass,visa,train ticket,seat,luggage tag,tour,cruise,"
    "hostel,campsite,travel alert,stopover|book,reserve,upgrade,rebook,extend",
    "files": "file,folder,document,archive,spreadsheet,backup,snapshot,photo,scan,attachment,template,draft,log file,"
    "bookmark,directory,shortcut|rename,compress,encrypt,download,upload",
    "code": "repository,branch,commit,pull request,issue,pipeline,release,build,test run,package,dependency,webhook,"
    "code review,deployment,environment,secret|merge,deploy,rebuild,close,trigger",
    "cars": "car,tire,engine,oil change,inspection,parking spot,fuel card,garage,toll,license plate,seat heater,"
    "charging station,roadside call,test drive,service visit|book,repair,charge,inspect,wash",
    "music": "song,playlist,album,concert,artist,podcast,episode,radio station,lyric,recording,setlist,band,remix,"
    "music lesson,sound check|play,pause,skip,rate,queue",
    "banking": "account,payment,invoice,loan,credit card,bank transfer,budget,savings goal,statement,expense,receipt,"
    "mortgage,standing order,tax return,currency order,dividend|pay,refund,close,block,dispute",
    "school": "course,student,exam,homework,grade,lecture,teacher,classroom,scholarship,essay,quiz,library card,"
    "timetable,field trip,diploma,study group|enroll,grade,postpone,reschedule,teach",
    "weather": "forecast,weather station,storm warning,rain gauge,air quality reading,pollen count,climate record,"
    "snow report,tide table,weather alert,wind map,heat advisory|track,subscribe to,mute",
    "messages": "message,email,channel,chat,contact,thread,newsletter,reminder,notification,voicemail,group,inbox rule,"
    "mailing list,poll,announcement,invitation|mute,schedule,star,unmute,block",
    "devices": "lamp,sensor,thermostat,camera,printer,router,speaker,door lock,robot,heater,fan,alarm,blind,oven,"
    "dishwasher,charger,sprinkler|turn on,turn off,restart,reset,test,calibrate",
    "calendar": "event,calendar,birthday,holiday,booking,time slot,conference room,workshop,webinar,party,rehearsal,"
    "office hour,visit,anniversary|reschedule,postpone,book,decline,extend",
    "food": "recipe,meal,menu,restaurant,table,ingredient,grocery list,snack,dinner reservation,pizza,cake,cocktail,"
    "cooking class,food truck,meal plan|order,cook,rate,reserve,book",
    "fitness": "workout,run,training plan,gym pass,yoga class,step goal,heart rate zone,swim lesson,bike ride,race,"
    "personal trainer,weigh-in,sleep record|start,skip,book,complete,pause",
    "property": "apartment,house,lease,tenant,viewing,repair request,rent payment,landlord,floor plan,utility bill,"
    "moving truck,key handover,storage unit|rent,book,inspect,renew,sign",
    "news": "article,headline,author,column,magazine,press release,interview clip,podcast feed,editorial,correction,"
    "front page,comment,blog post|publish,bookmark,translate,unpublish",
    "games": "player,quest,match,team,tournament,score,leaderboard,level,avatar,inventory item,guild,achievement,"
    "game server,replay|join,start,end,unlock,upgrade",
    "farm": "field,crop,harvest,cow,greenhouse,tractor,seed order,irrigation run,beehive,soil sample,orchard,milk yield,"
    "fence,barn|inspect,plant,water,harvest,repair",
    "pets": "pet,dog,cat,vet visit,aquarium,dog walk,grooming session,pet passport,kennel stay,microchip,feeding plan,"
    "puppy class|book,feed,schedule,adopt",
    "city": "permit,bus line,tram stop,parking fine,street light,library book,museum tour,city council vote,recycling bin,"
    "public notice,playground,complaint,taxi|renew,contest,report,reserve,borrow",
    "factory": "machine,work order,spare part,production run,batch,assembly line,quality check,shift plan,conveyor,mold,"
    "safety report,maintenance window,tool set|start,stop,inspect,repair,schedule",
    "security": "password,user,role,access token,login session,firewall rule,certificate,audit entry,api key,device,"
    "security incident,permission,login attempt|revoke,rotate,block,unlock,renew",
    "science": "experiment,sample,microscope,telescope,galaxy,molecule,reaction,lab notebook,data set,theory,"
    "simulation,fossil,species record,probe|run,repeat,label,analyze",
    "sales": "lead,deal,campaign,quote,forecast sheet,pitch,sales call,territory,partner,commission,demo,follow-up,"
    "newsletter signup,landing page|win,close,qualify,launch,extend",
}
"""Domain -> its nouns, then the verbs that only it has."""

QUANTITIES: str = (
    "shipping cost:shop,total price:shop,sales tax:shop,loan payment:banking,interest:banking,exchange value:banking,"
    "travel time:travel,distance:travel,fuel cost:cars,delivery time:logistics,trip budget:travel,"
    "calorie intake:fitness,body mass index:fitness,running pace:fitness,dose:health,recovery time:health,"
    "electricity bill:property,moving cost:property,rent share:property,tip:food,cooking time:food,portion size:food,"
    "crop yield:farm,water demand:farm,feed ration:pets,workload:office,project cost:office,overtime pay:people,"
    "vacation balance:people,grade average:school,storage size:files,download time:files,test coverage:code,"
    "build time:code,power use:devices,battery life:devices,win rate:games,ticket revenue:music,rainfall:weather,"
    "risk score:security,machine load:factory,scrap rate:factory,profit margin:sales,lead score:sales,"
    "reaction yield:science,orbit period:science,reading time:news,bus fare:city,parking fee:city,free time:calendar"
)
"""What can be calculated, each with the domain its parameters come from."""

ADJECTIVES: str = (
    "monthly,open,pending,recent,new,urgent,shared,private,public,daily,weekly,annual,archived,active,latest,internal,"
    "external,overdue,upcoming,online,local,regional,global,premium,basic,temporary,permanent,custom,default,primary,"
    "secondary,team,family,backup,guest,mobile,remote,digital,paper,draft,final,early,late,special,standard,express,"
    "quick,detailed,short,long,seasonal,favorite,main,old,current,previous,next,personal,official,hidden,featured,"
    "broken,spare,electric,outdoor,indoor,small,large,group,student,senior,junior,partial,combined"
)
