"""Names and addresses in running text: what is found in sentences of our own, what is not, and where it stands."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.prose import find_in_prose
from policies.recognisers.scan import scan
from tests.policies.recognisers.weights_here import the_tagger

PEOPLE = {
    "from Japan, behind who he is": ("日本选手早田希妍", ["早田希妍"]),
    "that is a word, before what was decided or is to be handed in": (
        "班主任桑榆已批准。申请人郁金香补正。",
        ["桑榆", "郁金香"],
    ),
    "whose surname few have, at the end": ("书记员年广嗣", ["年广嗣"]),
    "who cannot open a service, and who goes out": ("王小明App打不开，张明出行不便。", ["王小明", "张明"]),
    "alone before a number of his": ("# 薄秀英 18942862874 440305194311275502", ["薄秀英"]),
    "with whom somebody checks": ("已与于思军核实无误", ["于思军"]),
    "a customer": ("客户达瓦来电，客户于思军电话未留。", ["达瓦", "于思军"]),
    "whom something is done to, in dots": ("被询问人买买提·吐尔逊称", ["买买提·吐尔逊"]),
    "to whom it is handed": ("转给高洁处理", ["高洁"]),
    "behind a role": ("申请人麦福建，男，汉族，现住本市。", ["麦福建"]),
    "behind a role of a family": ("家庭成员：丈夫姚军强，务农；次女王芳月，在读。", ["姚军强", "王芳月"]),
    "behind a role and a pronoun": ("死者生前居住于此，其子郝龙根申领补助金。", ["郝龙根"]),
    "without the title": ("李慧淑女士历任财务部副经理。", ["李慧淑"]),
    "a surname before a title": ("王先生，您的快递到了。周医生说没有大碍。", ["王", "周"]),
    "among others": ("村民杨瑶桂、柳佑思、宋浩新联名反映路灯损坏。", ["杨瑶桂", "柳佑思", "宋浩新"]),
    "of four characters": ("驾驶人上官生家驾驶小型轿车。", ["上官生家"]),
    "with dots": ("艾力·买买提来电反映路灯不亮。", ["艾力·买买提"]),
    "of another language": ("美国总统约翰·史密森与记者见面。", ["约翰·史密森"]),
    "from Japan": ("教练山口健治表示满意。", ["山口健治"]),
    "in Latin letters": ("联系人是Linda Chen，请致电。", ["Linda Chen"]),
    "half hidden": ("张某因盗窃罪被判刑，王某某系从犯，李××在逃，陈某甲受伤。", ["张某", "王某某", "李××", "陈某甲"]),
    "as friends call somebody": ("听小王说食堂今天有红烧肉。", ["小王"]),
    "of a career": ("党语翠：男，2011年9月出生，硕士研究生。", ["党语翠"]),
    "again, where nothing tells": ("申请人童敏悦已到。童敏悦补充材料。", ["童敏悦", "童敏悦"]),
    "with a rare surname": ("患者芮小芳由其丈夫滑志军陪同就诊。", ["芮小芳", "滑志军"]),
    "with a surname that is a word": ("孩子大名羊天赐，代领人鱼小海。", ["羊天赐", "鱼小海"]),
    "with a surname of two characters": ("学生相里云的监护人相里建国已到。", ["相里云", "相里建国"]),
    "of children of age": ("老人独居，子女蓝彩彩在外地工作。", ["蓝彩彩"]),
    "of a family": ("户主令狐长安：妻蔺春香，女令狐一苇，母党桂芝。", ["令狐长安", "蔺春香", "令狐一苇", "党桂芝"]),
    "on a sheet": ("盘水生，瑶族，广东连南人。桑吉尖措，男，藏族。", ["盘水生", "桑吉尖措"]),
    "of Tibetans and Mongols": (
        "卓玛央金和边巴卓嘎到了，借款人乌云其木格没来。",
        ["卓玛央金", "边巴卓嘎", "乌云其木格"],
    ),
    "with blanks within": ("朱 明，男，1981年参加工作。张 三 丰同学请到教务处。", ["朱 明", "张 三 丰"]),
    "behind a label and a stroke": ("文/苗青 图/管彤", ["苗青", "管彤"]),
    "behind what somebody is called": ("绰号“黑皮”的孙二喜已落网。", ["黑皮", "孙二喜"]),
    "of children at home": ("我儿子强强喊我回家吃饭。", ["强强"]),
    "with the last character alone": ("肇事司机赖某强驾车逃逸，李某平时在家。", ["赖某强", "李某"]),
    "of two surnames": ("发言人陈冯佩仪表示，措施将于下月生效。", ["陈冯佩仪"]),
    "with a hyphen": ("法国财长让-克洛德·莫雷尔表示反对。", ["让-克洛德·莫雷尔"]),
    "behind a country": ("几内亚比绍前总统若泽·桑托斯病逝。", ["若泽·桑托斯"]),
    "before an office in one character": ("刚刚和冯工对完方案，刘总不在。", ["冯", "刘"]),
    "before a title that is read with what follows": ("王法官好，我是原告冼星河。", ["王", "冼星河"]),
    "who says something": ("据王子陈述，其于二月到广东。", ["王子"]),
    "on whose behalf": ("受托人涂伟持委托书代曹国办理登记。", ["涂伟", "曹国"]),
    "with whom": ("车辆与连海永驾驶的电动车发生碰撞。", ["连海永"]),
    "of a picture": ("图为方红（左）在给患者做针灸。", ["方红"]),
    "in a table made a line": ("姓名 职务 性别 年龄 计国栋 董事、总经理 男 51 农华 监事 女 39", ["计国栋", "农华"]),
    "on a line with a sex": ("个人简历 宁缺 女 1996/02 学前教育", ["宁缺"]),
    "of a family in a table": ("长子 车路 团员 学生", ["车路"]),
    "that is a word, behind a role": ("战士田野说，要站好岗；调研员关山带队检查。", ["田野", "关山"]),
    "that is a word, before a title": ("高尚同学拾金不昧，由冷静女士代行。", ["高尚", "冷静"]),
    "of four characters, the surname of one": ("杜德伟峰在台上唱。", ["杜德伟峰"]),
    "of two and two from Japan": ("柴田浩二先生，日本国籍；厅长官野吕田孝一今晨磋商。", ["柴田浩二", "野吕田孝一"]),
    "from Xinjiang, with characters of its own": ("自治区主席阿不来提·吐尔逊和司令员到机场。", ["阿不来提·吐尔逊"]),
    "with dots behind a torn role": ("泰国副总理素帕猜·班尼今天说。", ["素帕猜·班尼"]),
    "of a rank that begins with what a name ends with": ("翻越雪山时，连长安东把大衣给了他。", ["安东"]),
    "in Latin and in Chinese letters": ("Chen Wei（陈伟），男，1984年生。", ["Chen Wei", "陈伟"]),
    "with a title behind a label": ("联系人：应老师。", ["应"]),
    "of who is told whole and called old": ("支部书记史来贵没有回家，村里人说老史心里有大伙。", ["史来贵", "老史"]),
    "quoted among others": ("伙同阮金水、“黑皮”等人盗窃。", ["阮金水", "黑皮"]),
    "of whom people talk": (
        "祝麦阳新生日快乐！看到左根生退役的消息。鲁华家哥，几点的高铁？",
        ["麦阳新", "左根生", "鲁华家"],
    ),
    "ending with a word": ("被执行人金有才的房屋，经营者：符良才。", ["金有才", "符良才"]),
    "with a surname that many have": ("审判长殷兰，证人谈家和、季羡。", ["殷兰", "谈家和", "季羡"]),
    "without the office behind": ("王厂长和李台长商量过了，请转告周姐。", ["王", "李", "周"]),
    "before a title, behind a role": ("来电人谷先生反映水压低。", ["谷"]),
    "with a title behind a label and a sign": ("批准人：尤科长", ["尤"]),
    "that is a word, before what is said of somebody": ("原告花木，男，汉族。", ["花木"]),
    "with characters that no list has, behind a role": ("现任总统马英酒支持率下跌。", ["马英酒"]),
    "in a list among others": (
        "出席的有谢非凡、罗干城、钱其深、温家山和有关部门负责同志。",
        ["谢非凡", "罗干城", "钱其深", "温家山"],
    ),
    "first in a list": ("董事会由五人组成：常清、姚海鑫、佟力。", ["常清", "姚海鑫", "佟力"]),
    "in a list that is counted": ("请江南、海洋两位同志到场，焦点、路远两户缴费。", ["江南", "海洋", "焦点", "路远"]),
    "of another people, in a list": ("保障对象：乌日娜、其其格、韩宝柱。", ["乌日娜", "其其格", "韩宝柱"]),
    "of a class": ("三年级（1）班余乐乐的妈妈来了。", ["余乐乐"]),
    "of a Tibetan or a Mongol of one word, behind a role": (
        "妻子措姆和驻村干部普布，借款人苏和。",
        ["措姆", "普布", "苏和"],
    ),
    "of the Yi": ("石一阿呷与吉克伍果系夫妻。", ["石一阿呷", "吉克伍果"]),
    "with dots, and its first part": (
        "低保户阿衣古丽·买买提来了，阿衣古丽的儿子在外。",
        ["阿衣古丽·买买提", "阿衣古丽"],
    ),
    "in pinyin": ("请Zhang Wei与LI Na到三楼，WANG Xiaoming到五楼。", ["Zhang Wei", "LI Na", "WANG Xiaoming"]),
    "from Japan, torn by the tagger": (
        "图为小渊惠二（左）同麻生三郎握手，中村修一先生在座。",
        ["小渊惠二", "麻生三郎", "中村修一"],
    ),
    "of another language, torn before a title": ("军政府首脑阿布巴卡里将军宣布大赦。", ["阿布巴卡里"]),
    "of a prince": ("英国王子查尔斯·温斯顿抵达。", ["查尔斯·温斯顿"]),
    "of whom the surname alone is told": ("楼上计姓住户和李姓男子都在。", ["计", "李"]),
    "of elders": ("今天在王姐家吃饭，别打金叔电话。", ["王", "金"]),
    "with small before a surname and a title": ("窗口的小麦同志办事快。", ["小麦"]),
    "who speaks in a title": ("推荐文章《俞敏宏：北大教给我的三件事》。", ["俞敏宏"]),
    "surnames alone in a list": ("刘、陈两位教授认为可行。", ["刘", "陈"]),
    "of who is bound to a man": ("男方殷切，妻子是殷红。", ["殷切", "殷红"]),
    "on a sheet, before a title": ("李春第先生，汉族，1955年生。", ["李春第"]),
    "behind a verb and a particle": ("他会见了由劳伦斯·埃利森率领的代表团。", ["劳伦斯·埃利森"]),
    "at the end of a list": ("专家学者有季羡、任继、汤一等。（记者唐召摄）", ["季羡", "任继", "汤一", "唐召"]),
    "with dots, behind a label and its sign": (
        "姓名：买买提·艾力\n联系人 艾尼·瓦尔\n户主：　艾山·玉素甫",
        ["买买提·艾力", "艾尼·瓦尔", "艾山·玉素甫"],
    ),
    "with surnames of two characters behind a label": (
        "姓名：长孙建国\n姓名：宗政建国\n姓名：闾丘建国",
        ["长孙建国", "宗政建国", "闾丘建国"],
    ),
    "of who is given an office": (
        "任命卞宏为区教育局副局长；同意方圆任局长；聘汪洋为顾问；免去丛林的区教育局副局长职务。",
        ["卞宏", "方圆", "汪洋", "丛林"],
    ),
    "of who writes": ("（记者 谈笑 摄）\n文/施展", ["谈笑", "施展"]),
    "of what somebody was called": ("姓名：王小明（曾用名：王大明）", ["王小明", "王大明"]),
    "that ends like a bridge": ("王大桥说，桥修好了。", ["王大桥"]),
    "spelled from another language, and tagged as a place": (
        "德国总理默尔兹到访，伊朗最高领袖哈梅尔内伊没有露面。",
        ["默尔兹", "哈梅尔内伊"],
    ),
    "behind a firm and an office": (
        "特斯拉首席执行官马斯洛克、巴西前总统博索纳多都没有回应。",
        ["马斯洛克", "博索纳多"],
    ),
    "before a title of nobles": ("卡里姆亲王接受了体检，想念张班主任。", ["卡里姆", "张"]),
    "that is a word, before comrade": ("中央决定：和平同志任省委委员，向阳同志另有任用。", ["和平", "向阳"]),
    "that is a word, of a party": ("当事人和平对处罚无异议，委托人田野因出差未到。", ["和平", "田野"]),
    "that is a word, of who paid": ("今收到安康交来物业费贰仟元。", ["安康"]),
    "that is a word, of whom a text attests": (
        "兹证明方圆系我单位职工；经核实，向阳与白雪系夫妻。",
        ["方圆", "向阳", "白雪"],
    ),
    "of a child": ("二人育有一子高远，户籍在我社区。", ["高远"]),
    "of who takes the minutes": ("会议由郝运主持，江海记录，方圆列席。", ["郝运", "江海", "方圆"]),
    "of a surname that is a word, before a title": ("法定代表人由查先生变更为年女士。", ["查", "年"]),
    "with blanks, of who writes": ("（编辑 田旺 方圆）", ["田旺", "方圆"]),
    "with blanks, in a list that is counted": ("马 丽、高 山、田 甜三位同志负责接待。", ["马 丽", "高 山", "田 甜"]),
    "of Xinjiang, last in a list that is counted": (
        "阿卜杜热合曼·图尔荪、帕提古丽三户已脱贫。",
        ["阿卜杜热合曼·图尔荪", "帕提古丽"],
    ),
    "before an office in one character that is no given name": ("刘局和李处都同意了。", ["刘", "李"]),
    "before an organisation": ("陈司徒丽华女士代表商会致辞。", ["陈司徒丽华"]),
    "that begins with what children are called by, and is of another language": ("副总理阿齐姆抵达安曼。", ["阿齐姆"]),
    "spelled from another language, and tagged as a word": ("阿齐姆将会晤约旦首相拉瓦德。", ["阿齐姆", "拉瓦德"]),
    "of the Naxi, first in a clause": ("“这辈子值了。”和福贵老人说。", ["和福贵"]),
    "half hidden, of a surname that is a word": ("犯罪团伙头目权某已被批捕。", ["权某"]),
    "that is a word, of who is on duty": ("值班员高峰，接班人黄河，护林员江水每日巡山。", ["高峰", "黄河", "江水"]),
    "that is a word, of whom somebody asks to act": ("兹委托高山代我办理，今借到方圆人民币叁万元。", ["高山", "方圆"]),
    "that is a word, of who is ill": ("申请人因母亲梅花患病住院。", ["梅花"]),
    "of a surname that is a word, before a title behind a verb": ("由单老师接待。", ["单"]),
    "with digits of full width about": ("联系人：张伟明，电话１３８００１３８０００。", ["张伟明"]),
    "of a Turkic people, without dots": (
        "原告依布拉音诉称，证人吾买尔出庭，请依力哈木到窗口，巴合提别克在外。",
        ["依布拉音", "吾买尔", "依力哈木", "巴合提别克"],
    ),
    "of Tibetans of Amdo": ("外卖骑手拉毛草和同事更藏才让都在。", ["拉毛草", "更藏才让"]),
    "of a Mongol before a house": ("入户走访查干巴拉家，其妻其其格接待。", ["查干巴拉", "其其格"]),
    "of one word, behind who only his calling tells of": ("受理人索朗，请保持电话畅通。", ["索朗"]),
    "that is a word, behind whom no list has": ("求职者年华，24岁，本科。", ["年华"]),
    "half hidden, behind whom no list has": ("乘客单某某受轻伤。", ["单某某"]),
    "of four characters that ends like a house": ("欧阳雨轩来了，令狐文斋也到了。", ["欧阳雨轩", "令狐文斋"]),
    "of a surname that no list has": ("会计机构负责人承军声明如下。", ["承军"]),
    "of a party that is read with the name": ("原告到庭，被告安康于2021年借款。", ["安康"]),
    "that is a word, of who signs": ("经理温馨签发，信访人曲折反映。", ["温馨", "曲折"]),
    "doubled, behind a calling": ("护士甜甜办理手续。", ["甜甜"]),
    "who is put in whose place": ("项目负责人由向前进调整为步青云，请知悉。", ["向前进", "步青云"]),
    "first of so many": ("听取雷鸣等6人意见。", ["雷鸣"]),
    "whom somebody is to ask": ("高洁休假的话找白楠。", ["高洁", "白楠"]),
    "to whom something is to be shown": ("由小甘整理，报付局阅示。", ["小甘", "付"]),
    "before a title, where surname and title begin with a word": ("罗经理：报告已改，我跟车主任说过了。", ["罗", "车"]),
    "of who is asked by a name among friends": ("小单你明天来一下。", ["小单"]),
    "of two characters and a title that spells a name": ("同意单于同志辞职。", ["单于"]),
    "before a particle that a name may end with": ("敬宏之配偶在外，会议由祝遂之主持。", ["敬宏", "祝遂之"]),
    "before what two are": ("经查，李红与易容为夫妻。", ["李红", "易容"]),
    "behind who is asked, on a sheet, in dots": ("被询问人买买提·吐尔逊，男，1988年生。", ["买买提·吐尔逊"]),
    "with dots, before a day": ("请古丽米热·买合木提于5月8日前来补正。", ["古丽米热·买合木提"]),
    "with dots, and a character that such names seldom have": (
        "护边员布茹玛汗·毛勒朵把字刻在石头上。",
        ["布茹玛汗·毛勒朵"],
    ),
    "spelled, whose first character is read by itself": ("主帅表示，特谢拉诺的伤情还需要观察。", ["特谢拉诺"]),
    "behind a wish": ("祝小北、小满都平平安安。", ["小北", "小满"]),
    "behind what is told first": ("兹有沐阳、沐春风姐弟二人。", ["沐阳", "沐春风"]),
    "before an adverb": ("苏小小真的会唱歌。", ["苏小小"]),
    "in whose manner": ("韩寒式的幽默学不来，联系牛奋后已驶离。", ["韩寒", "牛奋"]),
    "of a photographer": ("本报记者　解放摄", ["解放"]),
    "in Latin letters, behind a label": ("乙方（承租人）：Nurlan　甲方（出租人）：邢台生", ["Nurlan", "邢台生"]),
    "in capitals, behind a label": ("护照持有人：KARIM HASSAN，中文名卡里姆。", ["KARIM HASSAN", "卡里姆"]),
    "of a party of any contract": ("担保方：时迁安\n直属上级：高洁", ["时迁安", "高洁"]),
    "of a Turkic people within a longer one": (
        "感动了夏米尔、古丽娜尔，翻译马克里木在场。",
        ["夏米尔", "古丽娜尔", "马克里木"],
    ),
    "of who are brother and sister": ("监事芦岩与董事芦俊为兄妹关系。", ["芦岩", "芦俊"]),
    "before an office of one character, of a department": ("葛科，材料我放您桌上了，倪处要。", ["葛", "倪"]),
    "behind a small country's office": ("帕劳总统惠普斯顿的就职典礼。", ["惠普斯顿"]),
    "of who judges alone": ("审判员占文独任审理。", ["占文"]),
    "that is a word, before a sex": ("求职者宁可，男，26岁。", ["宁可"]),
    "before an adverb of one character": ("我妹毛毛非要去。", ["毛毛"]),
    "of a rare surname, behind who does his duty": ("执法人员贲磊、邱东升制作笔录。", ["贲磊", "邱东升"]),
    "of a grandchild": ("现由其孙田甜申请变更户主。", ["田甜"]),
    "that the tagger reads with the calling": ("护工翠花说，早饭只喝了半碗粥。", ["翠花"]),
    "of who writes at a meeting": ("司空亮发言，于洋作会议记录。", ["司空亮", "于洋"]),
    "that is a word, among others": ("宋词、柯尊平、邰丽华参加。", ["宋词", "柯尊平", "邰丽华"]),
}
NOBODY = {
    "what is decided and handed in": "申请人项目已批准，申请人材料补正，客户计划已审批。",
    "firms and services": "张江高科涨停，曹操出行App下架，李锦记生抽打折。",
    "what stands alone before a number": "宿舍 18942862874\n国家级 18942862874\n年月日 18942862874\n司机 18942862874",
    "when something is due": "请经办人于本周五前补齐，请负责人于每月5日报送。",
    "cities and workshops": "在乌鲁木齐一起打工，鲁班工坊的代表来了。",
    "what is called after a founder": "胡庆余堂游人如织，金鼎轩旁边有家小馆子，康师傅红烧牛肉面没有牛肉。",
    "a place that is spelled like a name": "新华社阿斯塔纳9月8日电，双方在阿斯塔纳会见。",
    "whom young people adore, and what they learn": "爱豆生日快乐！高数老师点名了。",
    "handles that end like a name": "回复@北漂小张:我也不知道",
    "who is in a list of callings": "由值班员封存，供工程师查阅，家庭成员包括：配偶、子女，旧名单还能用。",
    "how somebody signs": "经理全程签字，负责人同意签发，工作人员及时签收。",
    "what is no answer in Latin letters": "联系人：HR\n负责人：Admin\n审核：OK",
    "how to reach somebody": "乙方联系方式：13894086591，联系方式 13894086591",
    "how people are related": "监护人关系 母女，与户主关系 父子",
    "how it is done": "高兴地宣布开工。",
    "what somebody must do": "申请人应当提交材料，居民应该报告。",
    "with whom an office checks": "已与相关部门核实，与原施工方沟通，与安全员联系。",
    "a customer's": "客户余额不足，客户方案已审，客户管理系统",
    "surnames that are words": "高度重视白色污染问题，黄色预警已发布。",
    "towns": "张家界国家森林公园位于湖南省西北部，石家庄市气温较低。",
    "shops": "李宁专卖店的运动鞋正在打折促销。",
    "titles of books": "《孙子兵法》是中国古代著名的军事著作。",
    "officials without a name": "请联系本单位负责人，由主任签字。",
    "what is no Chinese": "The quota of a worker is shared with all others.",
    "who does something": "数据不转给后端，由值班员封存，代表国家出席。",
    "places of other peoples": "乌兰察布市和呼和浩特都下了雪，扎西寺开放。",
    "what is said twice": "我女儿常常说，老师天天加班，同学慢慢走。",
    "how a match ended": "以六比四、六比三淘汰了头号种子。",
    "signs of columns": "性别 女 民族 汉族，审核：通过，校对：完成。",
    "a village called like somebody": "马驹桥的干部到了。",
    "villages": "刘庄党支部和张集小学的干部到了。",
    "firms": "历任王守义十三香集团总监、李宁体育用品经理。",
    "organisations behind the label of a party": "甲方：康师傅饮品公司\n当事人：张记面馆\n被投诉人：万家乐电器",
    "villages and bridges that begin with a surname": "他们从李家村走到赵州桥。\n李家村\n赵州桥",
    "short names of whose documents are numbered": "文号：杭西民〔2024〕13号",
    "countries and capitals": "斯洛凡尼亚共和国的代表从雅加达到华盛顿。",
    "words that begin like a name": "这脚任意球踢得好，全体同学和应届同学鼓掌。",
    "a former office": "省委原副书记和时任主席到了。",
    "dates and classes": "本人于二〇二四年五月申请，高三（2）班的同学参加。",
    "who holds an office": "1999年任校长，向厂长汇报，书面委托董事代为出席。",
    "offices in a list": "院长、主任两位同志和单位、家属、支书到场。",
    "places and roads in pinyin": "本店在Hong Kong和Zhong Shan Lu都有分店。",
    "what is called after somebody": "诺贝尔物理学奖揭晓，何塞·马蒂国际机场启用。",
    "kin and words like kin": "师姐和大哥来了，表姐家的猫。",
    "what is done as a word says": "申请人成功申请到补助，当事人和平解决，申请人高兴地说，申请人成绩对录取有影响。",
    "handles that go on": "回复@阿拉斯加的狗:笑死",
    "comrades of any name": "全体同志和党员同志到场。",
    "what is said of who is on duty": "记者明天来，驾驶员安全，管理员权限，党员应向群众说明。",
    "what is asked": "这场骂战何时休？",
    "relatives": "老公说晚上带我去吃火锅，妈妈也来。",
}
ADDRESSES = {
    "set with spaces beside numbers": (
        "地址：杭州市西湖区文三路 478 号华星时代广场 A 座 1203 室。",
        "杭州市西湖区文三路 478 号华星时代广场 A 座 1203 室",
    ),
    "set so down to the last": (
        "寄到上海市浦东新区张江路 665 弄 12 号 302 室，谢谢",
        "上海市浦东新区张江路 665 弄 12 号 302 室",
    ),
    "an area and a house called by letters": (
        "收货地址：广东省 深圳市 南山区 科技园 南区 R2-B 栋 4 楼",
        "广东省 深圳市 南山区 科技园 南区 R2-B 栋 4 楼",
    ),
    "all of a line but who lives there": ("家住朝阳区建国路88号院5号楼1203", "朝阳区建国路88号院5号楼1203"),
    "down to the room": (
        "现住浙江省杭州市西湖区文三路128号3幢2单元501室，电话在此。",
        "浙江省杭州市西湖区文三路128号3幢2单元501室",
    ),
    "without endings of divisions": ("住址浙江杭州文三路12号。", "浙江杭州文三路12号"),
    "in a village": ("户籍地址河南省周口市沈丘县白鹭乡王家村八组12号。", "河南省周口市沈丘县白鹭乡王家村八组12号"),
    "an estate": ("家庭住址南山区柳湾镇银杏家园18座4单元106室，父亲在外。", "南山区柳湾镇银杏家园18座4单元106室"),
    "a building and its storey": ("请到杭州市市民中心D座3楼办理。", "杭州市市民中心D座3楼"),
    "a name with a word of every day in it": (
        "地址：广东省佛山市顺德区北滘镇美的大道6号；",
        "广东省佛山市顺德区北滘镇美的大道6号",
    ),
    "a community behind a word that announces it": ("她住在青石街道前进社区，行动不便。", "青石街道前进社区"),
    "an alley": ("行驶至裕华区望湖街道科技三路542弄时发生碰撞。", "裕华区望湖街道科技三路542弄"),
    "short for a house": (
        "寄到温州市乐清市槐花胡同96-2号恒昌广场C座13楼，收件人在家。",
        "温州市乐清市槐花胡同96-2号恒昌广场C座13楼",
    ),
    "read with the word before": ("公司总部迁至上海市黄浦区南京东路100号，员工很多。", "上海市黄浦区南京东路100号"),
    "a house by itself": ("楼上漏水，我住3栋2单元501。", "3栋2单元501"),
    "an office of a shop below": ("负责人不在，地址和平里东街甲16号底商。", "和平里东街甲16号底商"),
    "behind a verb": ("帮我改成城关区雁滩路天庆嘉园B区9号楼，谢谢。", "城关区雁滩路天庆嘉园B区9号楼"),
    "where it went": ("我从县城搬到金阳南路6号世纪城龙吉苑，很久了。", "金阳南路6号世纪城龙吉苑"),
    "a farm and a company of it": ("家住前进农场三连，一人户。", "前进农场三连"),
    "a group without a number": ("户口在临川区上顿渡镇金山口村委会下陈组。", "临川区上顿渡镇金山口村委会下陈组"),
    "an estate by its name alone": ("租房在碧桂园十里银滩16栋2204。", "碧桂园十里银滩16栋2204"),
    "a crossing": ("案发现场位于莲湖区大庆路与桃园路十字西南角，已拉起警戒线。", "莲湖区大庆路与桃园路十字西南角"),
    "a house with one thing in it": (
        "火灾发生在白云区石井街庆丰村二社14号一栋出租屋内。",
        "白云区石井街庆丰村二社14号",
    ),
    "a line of names alone": ("滨江 长河 江南大道 龙湖春江郦城 3-1-1204", "滨江 长河 江南大道 龙湖春江郦城 3-1-1204"),
    "a line that says where by what is near": (
        "萧山区宁围镇市心北路与建设二路口往东100米",
        "萧山区宁围镇市心北路与建设二路口往东100米",
    ),
    "a line without a number": ("宁波北仑小港红联渡口路老菜场对面", "宁波北仑小港红联渡口路老菜场对面"),
    "a line by itself": ("龙岗区坂田街道岗头社区禾坪岗工业区A栋3楼", "龙岗区坂田街道岗头社区禾坪岗工业区A栋3楼"),
    "a line with blanks": ("上海宝山区共康路 1008弄 45号 302", "上海宝山区共康路 1008弄 45号 302"),
    "a line without numbers": ("新塘镇大敦村汇太东路新塘国际牛仔城", "新塘镇大敦村汇太东路新塘国际牛仔城"),
    "a road near which somebody lives": ("我家在文三路附近。", "文三路"),
    "a road that somebody lives in": ("我家住在解放路，楼下天天闹。", "解放路"),
    "a road of a district": ("听说他在西湖区文三路开了家店。", "西湖区文三路"),
    "in the town where it is written": ("他户口在本市越秀区诗书路，人在外地。", "本市越秀区诗书路"),
    "two roads that cross": ("决定在环城南路与花园街交叉口增设电子警察。", "环城南路与花园街交叉口"),
    "behind a crossing": (
        "住所地合肥市政务区潜山路与习友路交口新城国际C座1108室。",
        "合肥市政务区潜山路与习友路交口新城国际C座1108室",
    ),
    "with a particle within": ("请到鼓楼区的湖东路18号办理。", "鼓楼区的湖东路18号"),
    "with commas within": (
        "坐落于金水区农业路东、9号楼、2单元、1502号，面积不详。",
        "金水区农业路东、9号楼、2单元、1502号",
    ),
    "a room called after its use": ("在望江县雷池大道12号三楼开标室公开开标。", "望江县雷池大道12号三楼开标室"),
    "a shop": ("经营场所在美兰区海甸路万恒花园二期A-6号商铺。", "美兰区海甸路万恒花园二期A-6号商铺"),
    "a house of a road, and what is in it": ("反映：富民路45号院一楼商户油烟直排。", "富民路45号院"),
    "on a line about much": (
        "任重 性别 男 籍贯 山东临沂 现居 青岛市市北区台东一路101号 求职意向 设计",
        "青岛市市北区台东一路101号",
    ),
    "an estate that no word tells": ("购买锦绣江南二期11幢1单元1804室，逾期未办。", "锦绣江南二期11幢1单元1804室"),
    "where parcels are left": ("改送百步亭花园路11号丰巢柜，谢谢。", "百步亭花园路11号丰巢柜"),
    "behind a colon": ("我在:学院南路15号院", "学院南路15号院"),
    "a numbered room called after its use": (
        "三位同志到杭州市市民中心2号楼408会议室培训。",
        "杭州市市民中心2号楼408会议室",
    ),
    "a line that ends with a zone": ("台州黄岩院桥镇唐家桥工业区", "台州黄岩院桥镇唐家桥工业区"),
    "in front of a house": ("天河区车陂南路12号前的路灯坏了。", "天河区车陂南路12号"),
    "behind somebody who lives there": ("来电人谷先生住东风里5号院2号楼。", "东风里5号院2号楼"),
    "what no ending tells, behind a road": (
        "其在梧桐坡西路长海创业基地A栋606开设的工作室被停电。",
        "梧桐坡西路长海创业基地A栋606",
    ),
    "what no ending tells, behind a town": (
        "坐落于萧山区北干街道金色钱塘3幢2单元902室的房产",
        "萧山区北干街道金色钱塘3幢2单元902室",
    ),
    "a room by hyphens": ("蓝钻天成 6-2-1403", "蓝钻天成 6-2-1403"),
    "a house by a sharp": ("来电人反映金域华府7#3-502长期群租。", "金域华府7#3-502"),
    "a room by one hyphen, behind a word that says where to": (
        "从这里搬到龙湖花千树7-301，周六上午。",
        "龙湖花千树7-301",
    ),
    "a particle between what announces it and it": (
        "租住在高新区天府三街福年广场T2栋1809，",
        "高新区天府三街福年广场T2栋1809",
    ),
    "a number with a letter": ("住所：大连市沙河口区中山路554C号3单元。", "大连市沙河口区中山路554C号3单元"),
    "a number of one's own": ("广州市白云区太和镇大源村南坑七路自编8号", "广州市白云区太和镇大源村南坑七路自编8号"),
    "a block of houses": ("您还住钢花新村117街坊22门5号吗？", "钢花新村117街坊22门5号"),
    "houses from one to another": ("网格员负责永兴苑1至12号楼，电话见公示栏。", "永兴苑1至12号楼"),
    "a team of a village, read as an office": (
        "住安徽省寿县堰口镇青莲村枣林队，现下落不明。",
        "安徽省寿县堰口镇青莲村枣林队",
    ),
    "a side of it at the end": ("地点在明德门北区社区广场东侧，请携带证件。", "明德门北区社区广场东侧"),
    "which builder's estate": ("保利·拉菲公馆10栋", "保利·拉菲公馆10栋"),
    "a line with commas": ("民生路18号,锦江之星酒店,605房", "民生路18号,锦江之星酒店,605房"),
    "a line with English": (
        "Room 1203, Building 5, 幸福家园, 朝阳北路102号",
        "Room 1203, Building 5, 幸福家园, 朝阳北路102号",
    ),
    "a line with blanks within its numbers": (
        "虹口区四平路街道海伦路 440 号 2 号楼 1105-A",
        "虹口区四平路街道海伦路 440 号 2 号楼 1105-A",
    ),
    "a line that is an estate": ("嘉绿苑北区", "嘉绿苑北区"),
    "a line that is where parcels are left": ("学府名苑北门右侧顺丰自提柜", "学府名苑北门右侧顺丰自提柜"),
    "a line beside what is known": ("阳光幼儿园斜对面蜜雪冰城", "阳光幼儿园斜对面蜜雪冰城"),
    "a line beside a national road": ("319国道旁石马加油站", "319国道旁石马加油站"),
    "a line with its label": (
        "家庭住址 广东省普宁市流沙东街道新坛村四片12巷3号",
        "广东省普宁市流沙东街道新坛村四片12巷3号",
    ),
    "a side of a road that the word of it takes in": (
        "选址新北区孟河镇小河社区通江路南侧，居民有异议。",
        "新北区孟河镇小河社区通江路南侧",
    ),
    "where a street comes in": ("在云岩区头桥海马冲街路口被追尾。", "云岩区头桥海马冲街路口"),
    "behind what is sent": ("我爸的病历寄中山二路58号院2号楼门卫就可以。", "中山二路58号院2号楼门卫"),
    "a group of a villagers' committee": (
        "户口在云南省镇雄县芒部镇松林村民委员会官房村民小组24号，",
        "云南省镇雄县芒部镇松林村民委员会官房村民小组24号",
    ),
    "a floor on stilts": ("举报人称桂花路东苑小区8栋架空层被改成麻将馆。", "桂花路东苑小区8栋架空层"),
    "a hamlet that is read as somebody": (
        "江苏省宿迁市沭阳县贤官镇大闸村小张圩",
        "江苏省宿迁市沭阳县贤官镇大闸村小张圩",
    ),
    "a line that is a road": ("滨海一路", "滨海一路"),
    "a shop near another on a line": ("粮站对面五金店", "粮站对面五金店"),
    "behind where somebody lives now": (
        "求职者现居南昌县莲塘镇澄湖东路幸福花园8栋，",
        "南昌县莲塘镇澄湖东路幸福花园8栋",
    ),
    "a room with a letter": (
        "送到海淀区知春路甲48号盈都大厦C座4单元8C吧，前台收。",
        "海淀区知春路甲48号盈都大厦C座4单元8C",
    ),
    "an estate of a road, behind where": ("周末聚会定在滨河东路龙城大厦顶楼，大家准时。", "滨河东路龙城大厦顶楼"),
    "behind who says so": ("反映人称府前路65号沿街门面堆放杂物。", "府前路65号"),
    "a store": ("提货请到空港物流园B区9号库，找人。", "空港物流园B区9号库"),
    "houses from one number to another": ("社区已对团结巷7号至19号的居民逐户走访。", "团结巷7号至19号"),
    "a hamlet that no ending tells": (
        "住所地为绍兴市柯桥区齐贤街道羊石村西湖底12号。",
        "绍兴市柯桥区齐贤街道羊石村西湖底12号",
    ),
    "a room of what no ending tells, behind a house": (
        "联系地址：兴宁区朝阳路68号领世商务1709，电话同前。",
        "兴宁区朝阳路68号领世商务1709",
    ),
    "a room of a guest house": ("对铁东区解放东路四马路鑫源招待所203进行了检查。", "铁东区解放东路四马路鑫源招待所203"),
    "a road of which the end is read as a verb": ("请把票据寄到和平东路一段18号财务科。", "和平东路一段18号"),
    "a division, a town and a village, the first of them torn": (
        "包裹超区，改则县物玛乡抢古村只能到乡里取。",
        "改则县物玛乡抢古村",
    ),
    "from one building to another": ("反映宏福苑小区5号楼到8号楼之间路灯全坏。", "宏福苑小区5号楼到8号楼"),
    "at home there": ("转运至丰南区胥各庄街道文化西街安康里家中，由其子照护。", "丰南区胥各庄街道文化西街安康里"),
    "a building by a number and a letter": (
        "从高新区天府五街200号菁蓉汇1A栋发往外地。",
        "高新区天府五街200号菁蓉汇1A栋",
    ),
    "a house, and how many rooms it has": ("出租房屋在海虞北路18号，一室一厅，1800元。", "海虞北路18号"),
    "a road by its number before a town": (
        "群众反映S307线石板滩镇毛家滩村路段货车抛洒。",
        "S307线石板滩镇毛家滩村路段",
    ),
    "a mansion behind a street": ("反映沈河区正阳街豫珑城商户乱收停车费。", "沈河区正阳街豫珑城"),
    "a road that is read with the word before": ("我在建安路和七一路路口等你，你到了打双闪。", "建安路和七一路路口"),
    "a village of which the beginning is read as a word": (
        "我家在和田地区墨玉县扎瓦镇依格孜艾日克村，家里有八口人。",
        "和田地区墨玉县扎瓦镇依格孜艾日克村",
    ),
    "a station of a road": ("嫌疑车辆在兴业路中石化加油站加油后向北驶离。", "兴业路中石化加油站"),
    "a room of a hotel": ("被害人在宏远酒店8309房间被盗手机一部。", "宏远酒店8309房间"),
    "the end of a street": ("收货地：沭阳县贤官镇仲湾街东首，请提前联系。", "沭阳县贤官镇仲湾街东首"),
    "a storey, and how many there are in it": ("检查了鹤山区中山路32号二楼两处网吧。", "鹤山区中山路32号二楼"),
    "a name in which somebody comes": ("地址为郑州市万客来食品城8街32号，电话未留。", "郑州市万客来食品城8街32号"),
    "a storey, and what there is in it": (
        "金水东路绿地原盛国际1号楼A座16楼有公司涉嫌传销。",
        "金水东路绿地原盛国际1号楼A座16楼",
    ),
    "a ward": ("人民医院 住院部 十三楼 护士站", "人民医院 住院部 十三楼 护士站"),
    "a yard that no ending tells": ("因灞桥区纺正街棉织库9号院整体拆迁，我户选择货币补偿。", "灞桥区纺正街棉织库9号院"),
    "a letter before the number that was read with the road": (
        "通信地址：海淀区学院路丁11号，收件人未填。",
        "海淀区学院路丁11号",
    ),
    "the same, and no place read at all": ("他住在学院南路甲2号院3号楼。", "学院南路甲2号院3号楼"),
    "a group of a village that is read as somebody": ("李家村五组的情况如下。", "李家村五组"),
    "two roads that cross with no word between": (
        "投诉润州区中山西路宝盖路口红绿灯时间太短。",
        "润州区中山西路宝盖路口",
    ),
    "a part of an old house": ("老人住虹口区昆山花园路7弄3号后客堂，", "虹口区昆山花园路7弄3号后客堂"),
    "a storey of Taiwan": (
        "收件地址：台北市信義區忠孝東路五段236巷45號10樓。",
        "台北市信義區忠孝東路五段236巷45號10樓",
    ),
    "a small brigade": ("家住和田市拉斯奎镇托万阿热勒村2小队的村民", "和田市拉斯奎镇托万阿热勒村2小队"),
    "a company of a regiment that farms": ("监护人住可克达拉市六十四团三连，职工。", "可克达拉市六十四团三连"),
    "behind where somebody moved from": (
        "迁出地台山市海宴镇五丰村委会联和村二巷6号，",
        "台山市海宴镇五丰村委会联和村二巷6号",
    ),
    "a division that is torn behind a label": (
        "住所地建华区卜奎大街鹤祥小区2号楼3单元。",
        "建华区卜奎大街鹤祥小区2号楼3单元",
    ),
    "a dormitory": ("地址碑林区长乐坊街道兴庆路交大二村6舍311。", "碑林区长乐坊街道兴庆路交大二村6舍311"),
    "what is called with a word for and": (
        "家庭地址：洮北区海明街道家和社区运输小区5栋3单元，",
        "洮北区海明街道家和社区运输小区5栋3单元",
    ),
    "a room behind the letter of its stairs": (
        "罗湖区翠竹路2058号逸翠园3A1502，本周送到。",
        "罗湖区翠竹路2058号逸翠园3A1502",
    ),
    "a storey below the ground": (
        "该车库在海州区朝阳街道巨龙南路55号东盛阳光新城A区地下负一层217号。",
        "海州区朝阳街道巨龙南路55号东盛阳光新城A区地下负一层217号",
    ),
    "the side of a landing": ("孩子居住于汉阳区知音东村37栋2门5楼左，", "汉阳区知音东村37栋2门5楼左"),
    "the end of a village": ("来电人称在北票市大板镇波台沟村村口被狗咬伤。", "北票市大板镇波台沟村村口"),
    "below a house": ("在万州区高笋塘街道白岩路128号楼下与他人口角。", "万州区高笋塘街道白岩路128号"),
    "a room before what is in it": (
        "本人名下朝阳区双桥东路12号院3号楼5层502房屋抵押。",
        "朝阳区双桥东路12号院3号楼5层502",
    ),
    "a house before its owner": ("送到滨江区江南大道339号房主家。", "滨江区江南大道339号"),
    "a room before its door": ("我在滨江区文锦苑3栋302门口等。", "滨江区文锦苑3栋302"),
    "beside what a road leads to": ("反映崇川区姚港路一号桥菜场西侧有流浪犬。", "崇川区姚港路一号桥菜场西侧"),
    "so many metres off": ("交付地点为顺义区仁和镇顺平路军营村北500米院内的仓库。", "顺义区仁和镇顺平路军营村北500米"),
    "where somebody was visited": (
        "走访地点：兴庆区丽景街街道西夏嘉园三区14-2-501，独居老人。",
        "兴庆区丽景街街道西夏嘉园三区14-2-501",
    ),
    "a line with a room by a word": ("厦门市思明区前埔南路36之102", "厦门市思明区前埔南路36之102"),
    "the end of a village, on a line": ("安徽省利辛县程家集镇后李村大李庄东头", "安徽省利辛县程家集镇后李村大李庄东头"),
}
NOWHERE = {
    "a car": "一辆京A12345停在门口",
    "a train": "车次G1234",
    "a certificate": "港澳居民居住证号码 810000199001011234",
    "numbers of documents": "杭政发〔2026〕91号",
    "a decree": "张家港市人民政府令第12号",
    "windows of a hall": "请到市政务服务中心三楼A区12号窗口办理，社保在三楼社保专区A12窗口。",
    "windows of a hall, on a line": "市政务服务中心三楼A区12号窗口",
    "a gate of an airport": "航班在T3航站楼C12登机口登机。",
    "a seat": "座位：B区12排08号。",
    "a building called after its use": "教学楼A座将于暑期维修。",
    "a firm on a line": "上海张江高科技园区开发股份有限公司",
    "what ends like a line of traffic": "只算基线 163/168、误报 2。",
    "a by-pass of water": "旁路运行 / Running a draft",
    "a number by hyphens": "合同编号6-2-1403，版本号6-2-1403。",
    "households": "石榴巷两户尚未签约。",
    "a box of a shelf": "档案盒12-3-2201已移交",
    "a seat on a line": "座位号A区3排12座",
    "storeys of a building": "2号楼3层以上为办公区",
    "a heading": "工业园区安全生产专项整治",
    "divisions alone": "北京市今天发布高温预警，朝阳区最高气温38度。",
    "a road alone": "昨天文三路附近堵车，解放路也一样。",
    "what ends like a road": "请勿占道经营，运营渠道和通道保持畅通。",
    "roads of a list": "今年改造西湖区、上城区、拱墅区的道路。",
    "an office": "请于9月1日前到区行政服务中心三楼12号窗口办理。",
    "a hospital": "该案发生在杭州市第一人民医院门诊大楼。",
    "a factory": "朝鲜最高领导人视察工厂。",
    "within a town": "他们在遵义城里的小楼里长谈。",
    "a hotline": "有问题请拨热线12345，或专线110。",
    "counties, towns and villages by the hundred": "实施“百县千镇万村高质量发展工程”。",
    "a railway between two stations": "红旗桥站至东风路站区间双线贯通。",
}


def found(text: str, category: str) -> list[str]:
    the_tagger()
    return [text[hit.start : hit.end] for hit in find_in_prose([text])[0] if hit.category == category]


@pytest.mark.parametrize(("text", "people"), PEOPLE.values(), ids=PEOPLE)
def test_people(text: str, people: list[str]) -> None:
    assert found(text, "person_name") == people


@pytest.mark.parametrize("text", NOBODY.values(), ids=NOBODY)
def test_nobody(text: str) -> None:
    assert found(text, "person_name") == []


@pytest.mark.parametrize("text", ["谢谢老师", "谢谢先生说明", "常用联系人管理"])
def test_thanks_and_what_is_done_with_entries_are_nobody(text: str) -> None:
    assert not [hit for hit in scan(text) if hit.category == "person_name"]


@pytest.mark.parametrize(("text", "address"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses(text: str, address: str) -> None:
    assert found(text, "address") == [address]


def test_a_place_ends_where_somebody_goes_on_to_another() -> None:
    text = "嫌疑人沿西宁市海湖路行驶至五四西大街73号门前停车。"
    assert found(text, "address") == ["西宁市海湖路", "五四西大街73号"]


@pytest.mark.parametrize("text", NOWHERE.values(), ids=NOWHERE)
def test_no_address(text: str) -> None:
    assert found(text, "address") == []


def test_an_address_is_one_though_characters_hide_in_it() -> None:
    assert found("现住杭州市西湖区文三路\u200b128号。", "address") == ["杭州市西湖区文三路\u200b128号"]


def test_a_scan_finds_them_beside_numbers() -> None:
    the_tagger()
    text = "消防员房超宁住在杭州市西湖区文三路128号，电话13800138000。"
    hits = scan(text, prose=True)
    assert [(hit.category, text[hit.start : hit.end]) for hit in hits] == [
        ("person_name", "房超宁"),
        ("address", "杭州市西湖区文三路128号"),
        ("mobile", "13800138000"),
    ]
    assert [hit.category for hit in scan(text)] == ["mobile"]


@pytest.mark.parametrize("item", ["张三、", "张三先生、", "李建国、"])
def test_a_list_twice_as_long_takes_about_twice_the_steps(item: str) -> None:
    the_tagger()

    def steps(times: int) -> int:
        taken = 0

        def count(*_: object) -> None:
            nonlocal taken
            taken += 1

        sys.setprofile(count)
        try:
            assert find_in_prose([item * times])[0]
        finally:
            sys.setprofile(None)
        return taken

    steps(1)
    assert steps(2000) < 2.6 * steps(1000)


@given(st.lists(st.text("申请人张伟明住杭州市西湖区文三路12号。，·小王先生\u200b\ud800 Aa\n", max_size=60), max_size=3))
def test_hits_lie_in_their_text_apart_from_one_another(texts: list[str]) -> None:
    the_tagger()
    for text, hits in zip(texts, find_in_prose(texts), strict=True):
        ends = [0, *(hit.end for hit in hits)]
        assert all(end <= hit.start < hit.end <= len(text) for end, hit in zip(ends, hits, strict=False))
