"""The words that names of fields are made of: what a field holds, whose it is, and what only looks like either.

Source of the rows: names met in published interfaces, forms and data catalogues of governments and businesses.
"""

BASES: dict[str, str] = {
    "person_name": "khm zhmc hzmc xming 证人 xing ming chinesename cnname enname namecn nameen namezh zhname "
    "middlename usedname aliasname "
    "personalname contact contactperson contacts applyperson applier applyname accountholder cardholder "
    "signer complainant legalrepresentative legalperson emergencyperson 申报人 车主 业主 房东 租客 别名 "
    "户主姓名 "
    "emergencycontact 昵称 姓 名 紧急联系人 "
    "xm xingming rymc ryxm khxm hzxm krmc bmch cym name realname fullname truename contactname "
    "applicantname linkman personname givenname familyname firstname lastname "
    "surname nickname 姓名 名字 曾用名 中文名 英文名 真实姓名 联系人 申请人 经办人 代理人 委托人 "
    "当事人 投诉人 举报人 办事人 承办人 户主 收件人 寄件人 法定代表人 法人代表 法人 负责人 "
    "监护人 配偶 父亲 母亲 权利人 义务人 受益人 被保险人 投保人 持卡人 开户人 户名 患者 产权人 "
    "共有人 出租人 承租人 纳税人",
    "resident_id": "identitycardno identitycardnumber sfhm sfzhao sfzmhaoma sfzbh sfid sfzheng zjno zjhaoma idnum "
    "identityno identno identnumber "
    "credno "
    "credentialno credentialsno certcode residentid residentidno residentidnumber citizenidno "
    "citizenidnumber nationalidno personalid personalidno identification identificationno "
    "identificationnumber 身份证明号码 身份证编号 证件编号 "
    "driverlicense driverlicence driverlicenseno driverlicenceno drivinglicence "
    "sfzh sfzhm sfz sfzmhm sfzjhm sfzjh gmsfhm gmsfzhm gmsfzh zjhm zjh zjhao idcard idcardno "
    "idno idnumber idcardnumber certno certnumber certificateno certificatenumber identitycard "
    "identitynumber citizenid nationalid shenfenzheng shenfenzhenghao "
    "shenfenzhenghaoma zhengjianhao zhengjianhaoma idcode ssn 身份证 身份证号 身份证号码 "
    "身份证件号 身份证件号码 公民身份号码 公民身份证号码 证件号 证件号码 身份号码 有效证件号码 "
    "居民身份证 居民身份证号 居民身份证号码 驾驶证号 jszh jszhm",
    "mobile": "cellno yhsjh yhylsjh sjhao sjhaoma lxdhhm lxhm dhhaoma yddhhm ydhm telephoneno telphone telno "
    "contactno linkno linkphone "
    "callernumber callingnumber callednumber callno msisdn 来电号码 主叫号码 被叫号码 联系号码 电话1 "
    "contactway contactinfo contactmethod "
    "sjh sjhm sj yddh lxdh lxfs dhhm dh mobile mobileno mobilenumber mobilephone phone phoneno "
    "phonenumber tel telephone cellphone cell contactphone contacttel contactnumber shouji "
    "shoujihao shoujihaoma dianhua lianxidianhua lianxifangshi dianhuahaoma 手机 手机号 手机号码 "
    "移动电话 电话 电话号码 联系电话 联系方式 本人电话",
    "landline": "bgsdh zzdh czh czhhm fixedphone fixedtel fixedline officeno workphone worktel worknumber homenumber "
    "faxno faxnumber housephone 固话 宅电 办公室电话 传真号码 单位固话 固话号码 "
    "gddh gddhhm bgdh jtdh zjdh czhm landline officephone officetel hometel homephone fax "
    "固定电话 办公电话 家庭电话 座机 座机号 座机号码 住宅电话 传真",
    "email": "dzyxdz emailaddr mailaddr mailaddress emailno email地址 e-mail地址 电邮 电邮地址 "
    "dzyx dzyj yx yxdz email mail emailaddress mailbox youxiang dianziyouxiang 电子邮箱 邮箱 "
    "电子邮件 邮箱地址 电子信箱",
    "address": "xjd hjszdxz xxzz jtzzdz jtxxdz jtzhuzhi txdizhi xzzdz xzdz xjzd xjdz xjzdz jzd jzdxz jzdxxdz hjd "
    "hjdxz hjdxxdz "
    "hjszd hkdz hkszdxz dzxx shdz shrdz sjdz jjdz jjrdz fwzl zldz fwdz fcdz mph mphm addressline "
    "addrdetail streetaddress domicileplace houseaddress dwellingaddress liveplace lianxidizhi "
    "tongxundizhi 住所 现居地址 暂住地 经常居住地 常住地 居所 住处 收件地址 "
    "addressdetail "
    "dz zz xxdz lxdz jtzz jtdz txdz xzz xzzxxdz jzdz hjdz hkszd csdxz mlph mlxz jlx sjrdz "
    "address addr homeaddress residence domicile mailingaddress postaladdress detailaddress "
    "zhuzhi dizhi jiatingzhuzhi xiangxidizhi huji hujidizhi 地址 住址 详细地址 联系地址 家庭住址 "
    "家庭地址 通讯地址 通信地址 现住址 现住地址 现居住地 居住地 居住地址 户籍地 户籍地址 "
    "户籍所在地 户口所在地 收货地址 邮寄地址 门牌号 房屋坐落 坐落 居住详址 户籍详址",
    "bank_card": "yhkhao yhk khzh khhzh hkzh zhhm yhzhhm grzhhm bankacct bankacctno acctno accno payeeaccount "
    "payeraccount payaccount receiveaccount receiveraccount recvaccount settleaccount settlementaccount "
    "salarycard salaryaccount refundaccount withdrawaccount bankcardid 结算账号 结算账户 汇款账号 "
    "汇款账户 工资卡号 退款账号 提现账号 "
    "收款人账号 开户行账号 付款账号 "
    "yhkh yhkhm kh khyhzh skzh fkzh skrzh fkrzh skkh yinhangkahao bankcard bankcardno bankcardnumber "
    "cardno cardnumber accountno accountnumber bankaccount bankaccountno debitcard creditcard 银行卡 "
    "银行卡号 卡号 银行账号 银行帐号 银行账户 收款账号 开户账号 收款账户",
    "social_no": "shbzhm sbkhm ybh ybbh ylbxh ylbxzh sscno socialno sino medicareno medicalcardno healthcardno "
    "healthinsuranceno 社保编号 医保编号 社保账号 医保账号 "
    "grzh sbkh sbh ybkh ylzh shbzh shbzkh grbh socialsecurityno socialsecuritynumber "
    "medicalinsuranceno insuranceno 社保号 社保卡号 社会保障号 社会保障号码 社会保障卡号 "
    "医保卡号 医保号 医疗证号 个人账号 个人编号 参保号",
    "housing_fund": "housingfundaccount providentfundno providentfundaccount gjjzhm 公积金帐号 公积金卡号 "
    "gjjzh gjjgrzh housingfundno 公积金账号 公积金个人账号 住房公积金账号",
    "uscc": "xydm xxydm nsrsbm usccno taxid taxpayerid taxpayeridentificationnumber organizationcode socialcode "
    "信用代码 信用代码证号 "
    "tyshxydm shxydm tyshxydmz nsrsbh creditcode socialcreditcode unifiedcode taxno taxpayerno "
    "uscc 统一社会信用代码 社会信用代码 纳税人识别号 税号",
    "plate": "cphao cphaoma clhp 车辆号牌 车牌照 车牌照号 号牌 "
    "carplate vehiclenumber vehicleplate "
    "hphm cphm cph plateno platenumber licenseplate licenceplate carno carnumber vehicleno "
    "chepai chepaihao 车牌 车牌号 车牌号码 号牌号码 车号",
    "vin": "vin码 clsbdm clsbm cjhm frameno chassisno chassisnumber 车辆识别码 车架编号 "
    "clsbdh cjh vin vinno vincode framenumber 车架号 车辆识别代号 车辆识别代码 车架号码",
    "passport": "hzhao hzhaoma hzh hzhm huzhao huzhaohao passport passportno passportnumber 护照 护照号 护照号码",
    "permit": "gajmlwndtxz gajmlwndtxzh gatxzh gatxzhm tbzhm jzzh jzzhm mtpno hkpermit residencepermitno "
    "travelpermitno 居住证号码 "
    "港澳台居民居住证号 港澳台居民居住证号码 "
    "gatxz txzh txzhm hxzh tbzh permitno permitnumber hkmopermit 通行证号 通行证号码 港澳通行证 "
    "港澳通行证号 回乡证号 台胞证号 居住证号",
    "medical_no": "jzkhm mzhm zyhm hzid hzbh brid bahm outpatientno visitno visitid casehistoryno caseno 患者编号 "
    "患者id 病人编号 病人id 就诊编号 "
    "jzh jzkh blh bah mzh zyh medicalrecordno mrn patientno patientid inpatientno admissionno "
    "就诊号 就诊卡号 病历号 病案号 门诊号 住院号",
    "wechat": "wxhm wxhao weixinid wechatnumber 微信号码 微信账号 "
    "wx wxh weixin weixinhao wechat wechatid wechatno 微信 微信号",
    "qq": "qqh qqhm qqhao QQ帐号 qq帐号 qq账号 qq qqno qqnumber QQ QQ号 qq号 qq号码",
    "birth_date": "borndate borntime birthtime birthyear birthmonth birthdt 出生时间 出生日 "
    "csrq csny csnyr birthdate birthday birth dateofbirth dob chushengriqi shengri "
    "出生 出生日期 出生年月 出生年月日 生日",
    "sex": "xbm xb sex gender xingbie 性别",
    "ethnicity": "mzm ethnicgroup mz ethnicity ethnic nation minzu 民族",
    "marriage": "marriagestatus maritalcode hyzkm "
    "hyzk hyzt marital maritalstatus marriage hunyin hunyinzhuangkuang 婚姻状况 婚姻状态 婚姻 婚否",
    "party": "politicsstatus politicalstate politicalaffiliation zzmmm "
    "zzmm political politicalstatus partystatus zhengzhimianmao 政治面貌 党派",
    "religion": "religiousbelief religiousaffiliation faith zjxym zjxy zongjiaoxinyang religion 宗教信仰 宗教",
    "health": "jbbm jbzd jbqk zdmc zdbm gms gmsx xxing cjdj cjzk cjqk cjzh diagname diagnose pasthistory "
    "allergyhistory allergies disabilitytype disabilitylevel disabilitygrade healthcondition symptoms "
    "symptom chiefcomplaint illness 疾病 诊断 主诉 现病史 病情 残疾证号 残疾情况 症状 "
    "bloodtype diseasehistory 血型 "
    "jkzk zdjg zdxx jbmc jws cjlb cjlx diagnosis disease allergy medicalhistory disability "
    "healthstatus 健康状况 诊断结果 疾病名称 病史 既往史 过敏史 残疾类别 残疾类型 残疾等级",
    "schooling": "edulevel academicdegree degreelevel whcd xl education educationlevel xueli 文化程度 学历",
    "origin": "placeofbirth hometown gj guoji 原籍 birthplace nationality csd 出生地 国籍 jg jiguan nativeplace 籍贯",
    "household": "hkbhm hkbno hukouno hukoubookno 户口本号码 户口簿号码 "
    "hh hkbh hjbh householdno 户号 户口簿号 户口本号",
    "coordinates": "lon gps gpslocation gpsposition jdwd jwdzb coordinate geopoint geolocation gpscoordinate "
    "longitude latitude lng lat 经度 纬度 zb jwd latlng lnglat coordinates 经纬度 坐标",
    "free_text": "bz beizhu remark remarks note notes memo comment comments description 备注 说明 情况说明 留言 意见",
}
"""What fields hold, by the last of their words."""
QUASI = frozenset("birth_date sex ethnicity marriage party religion health schooling origin".split())
"""What tells something of a person and not who he is."""

ROLES = (
    "wife husband son daughter brother sister grandfather grandmother uncle aunt kid pupil candidate coach "
    "participant colleague neighbor neighbour friend partner nominee fiance lover "
    "zg yh qz zf gd czf czry yz ertong laoren cj dq xsheng cy jtcy hzcy doctor nurse cust emp stu baby recv "
    "passenger guest bridegroom bride deceased heir alias used "
    "apply linkman applier signer visitor pt nok kin relation visit register reg bind reserved "
    "emerg urgent legalperson juridical corporate donor volunteer voter petitioner plaintiff defendant "
    "fddbr frdb fr lxr sqr jbr bsr bjr dlr wtr dsr tsr jhry jhr fq fqin mq mqin po poxx hz hzhu sbr qlr ywr "
    "czr cbr yhr skr fkr xs js zn jz jzg ry yg kh hy brxx br zgr shr sjr jjr bxr tbr bbxr gmr mfr xsr cyr "
    "xxr dbr bgr yga applicant contact contacts agent guardian owner head spouse father mother legal "
    "legalrep legalrepresentative person citizen resident patient student teacher staff employee customer "
    "client member user buyer seller payee payer sender receiver recipient consignee holder cardholder "
    "insured beneficiary child parent relative family operator handler reporter complainant witness driver "
    "tenant landlord emergency emergencycontact personal own self shenqingren lianxiren fadingdaibiaoren "
    "dailiren jingbanren weituoren jianhuren huzhu peiou fuqin muqin benren"
).split()
"""Whose a field is, by the first of its words. Initials that end in `r` are those of a 人 as well."""
NAMING_ROLES = frozenset(
    (
        "blr slr shr spr zbr djr tjr bzr gtr zfr zrr fzr syqr gyr qyfr hzr cxr lqr jsr cbdr gxr jjlxr jkr ckr hkr "
        "czfr "
        "fddbr frdb lxr sqr jbr bsr dlr wtr dsr tsr jhr qlr ywr bxr tbr bbxr czr cbr skr fkr sjr jjr applicant "
        "guardian spouse shenqingren lianxiren fadingdaibiaoren dailiren jingbanren weituoren jianhuren huzhu "
        "peiou fuqin muqin consignee payee recipient cardholder"
    ).split()
)
"""They name a person by themselves: the name of whoever has the role."""
PUBLIC_LINES = ("客服", "咨询", "监督", "投诉", "热线", "服务", "窗口", "举报", "报警", "网点")
"""Before 电话, they say that it is answered by an office."""
CHINESE_THINGS = (
    "链接 接口 下载 图片 视频 回调 访问 跳转 主页 官网 请求 附件 目录 存储 安装 项目 事项 单位 部门 机构 公司 企业 "
    "系统 文件 材料 平台 网站 网络 服务器 服务 窗口 商品 产品 设备 "
    "ip mac 物理 地块 资产 学校 医院 银行 网点 办事处 科室 注册 经营 办公 生产 仓库 店铺 会议 活动 施工 工程"
).split()
"""Before a word as common as 地址 or 名字, they say that it is theirs and nobody's."""
THINGS = frozenset(
    (
        "plant variant constant restaurant merchant grant tree fee committee degree list playlist checklist wishlist "
        "folder layer provider container cluster parameter filter trigger adapter controller handler header footer "
        "printer "
        "router scanner buffer browser loader number order paper letter chapter sensor monitor calendar tower river "
        "car "
        "survey link "
        "file table host type role item project service org organization organisation dept department company "
        "corp corporation enterprise unit institution agency office bureau display column field class event "
        "domain server system app application module menu product goods sku brand shop store school hospital "
        "bank branch region area city province county district street road community village town country nation "
        "zone park building floor house room category tag topic template form page method function package "
        "bucket queue task job step node process flow policy rule group team channel platform site web website "
        "image video audio document doc attachment material device model version action permission resource "
        "report index key parameter param property config setting option status state level grade major course "
        "subject exam activity meeting book article news law matter certificate licence license contract order "
        "bill account login user nick screen log database schema ip mac url uri api http smtp ftp proxy gateway "
        "memory mailing virtual"
    ).split()
)
"""Before or above `name`, they say that it is no person's."""
PEOPLE = NAMING_ROLES.union(
    ROLES,
    (
        "families family relatives dependents children parents siblings households people persons applicants members "
        "users students patients residents staffs author contacts owners"
    ).split(),
)
"""Above `name`, they say that it is a person's."""
FALSE_FRIENDS = frozenset(
    (
        "jgmc jgdm 用户名 登录名 开户行 yhm "
        "xmmc zsxm sfxm xmbh xmdm xmlx sjly cjsj gxsj xgsj tjsj slsj bjsj kssj jssj fbsj czsj dzzz dzzzbh ywlsh "
        "slbh username userid filename tablename hostname typename rolename itemname projectname servicename "
        "orgname deptname companyname displayname columnname fieldname sfdz xmdz wz wzdz ipdz macdz ip ipaddress "
        "mac macaddress loginname accountname nation_code cardtype idtype phonetype contacttype addresstype"
    ).split()
)
"""Names of projects (项目), of points in time (时间), of sources, of e-licences, of serial numbers, of accounts."""
