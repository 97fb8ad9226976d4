"""The words that names of fields are made of: what a field holds, whose it is, and what only looks like either.

Source of the rows: names met in published interfaces, forms and data catalogues of governments and businesses.
"""

BASES: dict[str, str] = {
    "person_name": "accname namereal "
    "accountowner policyholder insuredperson beneficiary claimant assuredname nextofkin headteacher "
    "classteacher villagehead headofhousehold propertyowner landowner debtor creditor appellant "
    "petitioner respondent addressee signatory authorizedperson authorisedperson yydjqlr jlgcs 房主 "
    "机主 号主 船主 户主名 机主姓名 债务人 债权人 gsfr qyfr 户代表 承包方代表 农户代表 救助对象 "
    "保障对象 chezhu shenpanzhang acctname bankacctname bankaccountname zhanghuming skrhm skrhmc "
    "fkrhm fkrhmc clsyr drawee cardowner plateowner carowner vehicleowner houseowner czrmc 办税员 "
    "审判长 书记员 网格员 护理员 经营者 产妇 孕妇 承办法官 主办法官 主办民警 办案民警 司机 主治医师 "
    "班主任 户主姓名 被监护人 bsy bzxr jdcsyr lgrep legalrep legalrepname artificialperson "
    "householder plaintiff defendant victim suspect groom bride englishname engname chnname "
    "namepinyin pinyinname xingmingpinyin xmpy xmqp xmhz xmwb attendingdoctor dlls gxrxm qlrxm zcr "
    "姓名拼音 拼音姓名 原告 被告 第三人 被执行人 申请执行人 嫌疑人 犯罪嫌疑人 受害人 主治医生 "
    "代理律师 曾用名 乳名 父亲 母亲 新郎 新娘 学生 家长 khm zhmc hzmc xming 证人 xing ming "
    "chinesename cnname enname namecn nameen namezh zhname middlename usedname aliasname personalname "
    "contact contactperson contacts applyperson applier applyname accountholder cardholder signer "
    "complainant legalrepresentative legalperson emergencyperson 申报人 车主 业主 房东 租客 别名 "
    "emergencycontact 昵称 姓 名 紧急联系人 xm xingming rymc ryxm khxm hzxm krmc bmch cym name "
    "realname fullname truename contactname applicantname linkman personname givenname familyname "
    "firstname lastname surname nickname 姓名 名字 中文名 英文名 真实姓名 联系人 申请人 经办人 代理人 "
    "委托人 当事人 投诉人 举报人 办事人 承办人 户主 收件人 寄件人 法定代表人 法人代表 法人 负责人 "
    "监护人 配偶 权利人 义务人 受益人 被保险人 投保人 持卡人 开户人 户名 患者 产权人 共有人 出租人 "
    "承租人 纳税人",
    "resident_id": "出生医学证明编号 出生医学证明号 出生证编号 csyxzh csyxzmh "
    "idcd idcdno crtno iddoc iddocno iddocument iddocumentno identitydoc identitydocno "
    "zhengjianhm identityid id号 id号码 身份证明号 gmsfdm sfzid sfzcode idtfno eidno gmsfz 身份证id "
    "身份证件 jsz jiashizhenghao jiazhaohao drivinglicense drivinglicenseno drivinglicenceno "
    "drivlicno 驾照号 驾照号码 idntno idtyno crtfno certfno credno certfcno citizenno personid17 "
    "legalpersonid legalrepid 身分证字号 身分证号 身分证 身份证字号 证件号码 identitycardno "
    "identitycardnumber sfhm sfzhao sfzmhaoma sfzbh sfid sfzheng zjno zjhaoma idnum identityno "
    "identno identnumber credentialno credentialsno certcode residentid residentidno residentidnumber "
    "citizenidno citizenidnumber nationalidno personalid personalidno identification identificationno "
    "identificationnumber 身份证明号码 身份证编号 证件编号 driverlicense driverlicence "
    "driverlicenseno driverlicenceno drivinglicence sfzh sfzhm sfz sfzmhm sfzjhm sfzjh gmsfhm gmsfzhm "
    "gmsfzh zjhm zjh zjhao idcard idcardno idno idnumber idcardnumber certno certnumber certificateno "
    "certificatenumber identitycard identitynumber citizenid nationalid shenfenzheng shenfenzhenghao "
    "shenfenzhenghaoma zhengjianhao zhengjianhaoma idcode 身份证 身份证号 身份证号码 身份证件号 "
    "身份证件号码 公民身份号码 公民身份证号码 证件号 身份号码 有效证件号码 居民身份证 居民身份证号 "
    "居民身份证号码 驾驶证号 jszh jszhm",
    "mobile": "callnumber teleno mbphone whatsapp cellular cellularno hpno "
    "mobiletelephone lianxidh lianxishouji phnno bysjh bydh 备用电话 mob mobno mblno mblphone mphone "
    "handphone handset handsetno handphoneno cellphoneno sjhao yidongdianhua yidongdianhuahaoma cellno "
    "yhsjh yhylsjh sjhaoma lxdhhm lxhm dhhaoma yddhhm ydhm telephoneno telphone telno contactno linkno "
    "linkphone callernumber callingnumber callednumber msisdn 来电号码 主叫号码 被叫号码 联系号码 "
    "电话1 contactway contactinfo contactmethod sjh sjhm sj yddh lxdh lxfs dhhm dh mobile mobileno "
    "mobilenumber mobilephone phone phoneno phonenumber tel telephone cellphone cell contactphone "
    "contacttel contactnumber shouji shoujihao shoujihaoma dianhua lianxidianhua lianxifangshi "
    "dianhuahaoma 手机 手机号 手机号码 移动电话 电话 电话号码 联系电话 联系方式 本人电话",
    "landline": "gzdh chuanzhen chuanzhenhao faxnbr dwdh dwlxdh gzdwdh bgdhhm jtdhhm zzdhhm gudingdianhua landlineno "
    "landlinenumber companytel companyphone unittel unitphone zuojihao bangongdianhua jiatingdianhua "
    "bgsdh zzdh czh czhhm fixedphone fixedtel fixedline officeno workphone worktel worknumber homenumber "
    "faxno faxnumber housephone 固话 宅电 办公室电话 传真号码 单位固话 固话号码 gddh gddhhm bgdh jtdh "
    "zjdh czhm landline officephone officetel hometel homephone fax 固定电话 办公电话 家庭电话 座机 "
    "座机号 座机号码 住宅电话 传真",
    "email": "emailadd "
    "youxiangdizhi dianziyouxiangdizhi dzyjdz dianziyoujian dianziyouxiang yxzh mailbox dzyxdz emailaddr "
    "mailaddr mailaddress emailno email地址 e-mail地址 电邮 电邮地址 dzyx dzyj yx yxdz email mail "
    "emailaddress youxiang 电子邮箱 邮箱 电子邮件 邮箱地址 电子信箱",
    "address": "homelocation houselocation homeaddr 座落 户籍 现居住 居所地 "
    "mailingaddr jtxz jtzzxz hkszdz 现住地 tdzl zdzl hkdjd hkdjdz xzdxz zzdz jtzd jtxxzz hkdxz jzdxxz "
    "fangwuzuoluo zuoluo propertyaddr 详址 hujisuozaidi hujidi changzhudi zanzhudi xianjuzhudi juzhudi "
    "xianjudi addrinfo addressinfo jzdzxz zzxz jtdzxz hjdzxz txdzxz bdczl fczl cqdz fwzldz yjdz "
    "shouhuodizhi billaddr billingaddress billingaddr houseaddr houselocation roomaddress propertyaddress "
    "住所地 出生地详址 现居地 家庭详细地址 xjd hjszdxz xxzz jtzzdz jtxxdz jtzhuzhi txdizhi xzzdz xzdz "
    "xjzd xjdz xjzdz jzd jzdxz jzdxxdz hjd hjdxz hjdxxdz hjszd hkdz hkszdxz dzxx shdz shrdz sjdz jjdz "
    "jjrdz fwzl zldz fwdz fcdz mph mphm addressline addrdetail streetaddress domicileplace houseaddress "
    "dwellingaddress liveplace lianxidizhi tongxundizhi 住所 现居地址 暂住地 经常居住地 常住地 居所 住处 "
    "收件地址 addressdetail dz zz xxdz lxdz jtzz jtdz txdz xzz xzzxxdz jzdz hjdz hkszd csdxz mlph mlxz "
    "jlx sjrdz address addr homeaddress residence domicile mailingaddress postaladdress detailaddress "
    "zhuzhi dizhi jiatingzhuzhi xiangxidizhi huji hujidizhi 地址 住址 详细地址 联系地址 家庭住址 家庭地址 "
    "通讯地址 通信地址 现住址 现住地址 现居住地 居住地 居住地址 户籍地 户籍地址 户籍所在地 户口所在地 "
    "收货地址 邮寄地址 门牌号 房屋坐落 坐落 居住详址 户籍详址",
    "bank_card": "gzkkh yhkkh skzh tkzh tkkh btzh bzzh dfzh dfkh yhzhanghu 打款账号 yhkhhm skyhzh fkyhzh skrzhh "
    "fkrzhh khzhhm gzzh gzkh dkzh dkzhhm jjkh jzkhh acct acctnum payeeacct payeracct draweracct "
    "dbtracct cdtracct debitacct creditacct repayaccount repaymentaccount loanaccount loanacct "
    "receiptaccount iban bankaccountnumber banknumber yinhangka yinhangkahao jiejikahao yinhangzhanghao "
    "yhzhanghao kaihuzhanghao shoukuanzhanghao fukuanzhanghao huankuanzhanghao gongzizhanghao 还款账号 "
    "工资账号 账户号码 付款人账号 补贴发放账号 发放账号 借记卡 借记卡号 信用卡号 储蓄卡号 代发账号 "
    "扣款账号 yhkhao yhk khzh khhzh hkzh zhhm yhzhhm grzhhm bankacct bankacctno acctno accno "
    "payeeaccount payeraccount payaccount receiveaccount receiveraccount recvaccount settleaccount "
    "settlementaccount salarycard salaryaccount refundaccount withdrawaccount bankcardid 结算账号 "
    "结算账户 汇款账号 汇款账户 工资卡号 退款账号 提现账号 收款人账号 开户行账号 付款账号 yhkh yhkhm kh "
    "khyhzh fkzh skrzh fkrzh skkh bankcard bankcardno bankcardnumber cardno cardnumber accountno "
    "accountnumber bankaccount bankaccountno debitcard creditcard 银行卡 银行卡号 卡号 银行账号 "
    "银行帐号 银行账户 收款账号 开户账号 收款账户",
    "social_no": "pensionno "
    "sbcard grcbh sbbhao yibaobianhao yibaokahaoma shebaobianhao canbaohao canbaobianhao medinsno "
    "medicalinsno 参保人编号 医保电子凭证号 新农合证号 合作医疗证号 新农合号 ybkhm ylbzkh ylbxkh ssn ssno "
    "sscardno siccardno sicardno sbcardno medicarecardno medicalinsurancecardno shebaokahao shebaohao "
    "shehuibaozhanghao yibaokahao yibaohao yiliaobaoxianhao 医疗保险号 养老保险号 社会保障卡 社会保险号 "
    "社保卡 医保卡 shbzhm sbkhm ybh ybbh ylbxh ylbxzh sscno socialno sino medicareno medicalcardno "
    "healthcardno healthinsuranceno 社保编号 医保编号 社保账号 医保账号 grzh sbkh sbh ybkh ylzh shbzh "
    "shbzkh grbh socialsecurityno socialsecuritynumber medicalinsuranceno insuranceno 社保号 社保卡号 "
    "社会保障号 社会保障号码 社会保障卡号 医保卡号 医保号 医疗证号 个人账号 个人编号 参保号",
    "housing_fund": "gjjzhh gjjkh gongjijinzhanghao gongjijinkahao accumulationfundno hfacctno hfaccount accumfundno "
    "housingfundaccount providentfundno providentfundaccount gjjzhm 公积金帐号 公积金卡号 gjjzh "
    "gjjgrzh housingfundno 公积金账号 公积金个人账号 住房公积金账号",
    "driving_licence": "jszdabh jszdah 驾驶证档案编号 驾驶证档案号",
    "uscc": "shtyxydm taxidno tongyishehuixinyongdaima shehuixinyongdaima nashuirenshibiehao socialcreditno uniscid "
    "ghdwsbh xhdwsbh gmfsbh xsfsbh xydm xxydm nsrsbm usccno taxid taxpayerid taxpayeridentificationnumber "
    "organizationcode socialcode 信用代码 信用代码证号 tyshxydm shxydm tyshxydmz nsrsbh creditcode "
    "socialcreditcode unifiedcode taxno taxpayerno uscc 统一社会信用代码 社会信用代码 纳税人识别号 税号",
    "plate": "plate lpn hpaihm haopaihaoma haopaihao carlicense carlicenseno vehiclelicense jdchp clph 车辆牌照号 "
    "机动车号牌 车辆号码 cphao cphaoma clhp 车辆号牌 车牌照 车牌照号 号牌 carplate vehiclenumber "
    "vehicleplate hphm cphm cph plateno platenumber licenseplate licenceplate carno carnumber vehicleno "
    "chepai chepaihao 车牌 车牌号 车牌号码 号牌号码 车号",
    "vin": "chejiahao vehicleidentificationnumber vehicleidentificationcode 车辆识别号 车辆识别码 大架号 vin码 "
    "clsbdm clsbm cjhm frameno chassisno chassisnumber 车架编号 clsbdh cjh vin vinno vincode framenumber "
    "车架号 车辆识别代号 车辆识别代码 车架号码",
    "passport": "pspno pptno "
    "passportid passportcode hzhao hzhaoma hzh hzhm huzhao huzhaohao passport passportno passportnumber "
    "护照 护照号 护照号码",
    "permit": "visano visanumber visanum "
    "temporaryresidenceno "
    "gatjmtxzhm gatjmtxzh gajmljndtxz gajmljndtxzh hxzhm twtxzh twtxzhm gajmlwndtxz gajmlwndtxzh gatxzh "
    "gatxzhm tbzhm jzzh jzzhm mtpno hkpermit residencepermitno travelpermitno 居住证号码 "
    "港澳台居民居住证号 港澳台居民居住证号码 gatxz txzh txzhm hxzh tbzh permitno permitnumber hkmopermit "
    "通行证号 通行证号码 港澳通行证 港澳通行证号 回乡证号 台胞证号 居住证号",
    "medical_no": "encounterno visitsn chartno casehistno hospitalizationno "
    "medicalno medrecno medicalrecno inpno inhosno opcno menzhenno mzbh zybh jzbh 患者id号 "
    "孕妇保健手册号 保健手册号 健康码号 电子健康码号 blhm bldah jzlsh mzlsh mzzyh zyblh brbh zybah "
    "mrnno patno patid inpatientid hospno hospitalno inhospitalno healthcardid ehealthcardno "
    "ehealthcardid ehealthcard cliniccardno visitcardno medcardno jkkh dzjkkh jmjkkh jkdabh jkdah "
    "binglihao binganhao zhuyuanhao menzhenhao jiuzhenkahao jiuzhenhao bingrenid 健康档案编号 "
    "健康档案号 健康卡号 电子健康卡号 居民健康卡号 诊疗卡号 门诊病历号 诊疗号 jzkhm mzhm zyhm hzid "
    "hzbh brid bahm outpatientno visitno visitid casehistoryno caseno 患者编号 患者id 病人编号 病人id "
    "就诊编号 jzh jzkh blh bah mzh zyh medicalrecordno mrn patientno patientid inpatientno admissionno "
    "就诊号 就诊卡号 病历号 病案号 门诊号 住院号",
    "wechat": "openid unionid wxid wxno wxaccount wechataccount weixinzhanghao wxhm wxhao weixinid wechatnumber "
    "微信号码 微信账号 wx wxh weixin weixinhao wechat wechatid wechatno 微信 微信号",
    "qq": "qqid qqaccount 扣扣号 扣扣 qqh qqhm qqhao QQ帐号 qq帐号 qq账号 qq qqno qqnumber QQ QQ号 qq号 qq号码",
    "birth_date": "bdate birthdaytime "
    "birthdatetime birthyearmonth chushengnianyue birthymd brthdt brthday birthdayymd 出生年月日期 "
    "诞辰 生辰 borndate borntime birthtime birthyear birthmonth birthdt 出生时间 出生日 csrq csny "
    "csnyr birthdate birthday birth dateofbirth dob chushengriqi shengri 出生 出生日期 出生年月 "
    "出生年月日 生日",
    "sex": "xbm xb sex gender xingbie 性别",
    "ethnicity": "民族成份 民族成分 folk ethnicname 族别 mzm ethnicgroup mz ethnicity ethnic nation minzu 民族",
    "marriage": "hunfou maritalst "
    "married marry marrystatus marriagestate marrcd marrstat 婚姻情况 是否已婚 婚况 marriagestatus "
    "maritalcode hyzkm hyzk hyzt marital maritalstatus marriage hunyin hunyinzhuangkuang 婚姻状况 "
    "婚姻状态 婚姻 婚否",
    "party": "politicsface "
    "politicalface politics politicaloutlook partyaffiliation 政治身份 政治面目 politicsstatus "
    "politicalstate politicalaffiliation zzmmm zzmm political politicalstatus partystatus zhengzhimianmao "
    "政治面貌 党派",
    "religion": "xyzj 信仰宗教 信仰 religiousbelief religiousaffiliation faith zjxym zjxy zongjiaoxinyang religion "
    "宗教信仰 宗教",
    "health": "xuexing guominshi jiwangshi "
    "jbbm jbzd jbqk zdmc zdbm gms gmsx xxing cjdj cjzk cjqk cjzh diagname diagnose pasthistory "
    "allergyhistory allergies disabilitytype disabilitylevel disabilitygrade healthcondition symptoms "
    "symptom chiefcomplaint illness 疾病 诊断 主诉 现病史 病情 残疾证号 残疾情况 症状 bloodtype "
    "diseasehistory 血型 jkzk zdjg zdxx jbmc jws cjlb cjlx diagnosis disease allergy medicalhistory "
    "disability healthstatus 健康状况 诊断结果 疾病名称 病史 既往史 过敏史 残疾类别 残疾类型 残疾等级",
    "schooling": "edulevel academicdegree degreelevel whcd xl education educationlevel xueli 文化程度 学历",
    "origin": "placeofbirth hometown gj guoji 原籍 birthplace nationality csd 出生地 国籍 jg jiguan nativeplace 籍贯",
    "household": "hkbhm hkbno hukouno hukoubookno 户口本号码 户口簿号码 hh hkbh hjbh householdno 户号 户口簿号 "
    "户口本号",
    "coordinates": "lon gps gpslocation gpsposition jdwd jwdzb coordinate geopoint geolocation gpscoordinate "
    "longitude latitude lng lat 经度 纬度 zb jwd latlng lnglat coordinates 经纬度 坐标",
    "free_text": "bz beizhu remark remarks note notes memo comment comments description 备注 说明 情况说明 留言 意见",
}
"""What fields hold, by the last of their words."""
QUASI = frozenset("birth_date sex ethnicity marriage party religion health schooling origin".split())
"""What tells something of a person and not who he is."""

ROLES = (
    "zv et he householdrep gridworker socialworker caseworker personincharge decedent familymember jobseeker "
    "zk hoh declarant sibling your my expert traveler traveller "
    "surgeon alumni graduate dependent attorney notary signatory patron readercard assured claimant kin petitioner "
    "drv courier stf tch tea ptn bnf insd appl aplcnt ownr hldr kehu yezhu zuke zhuhu fangdong laoshi jiaoshi "
    "xuesheng jiazhang huanzhe bingren louzhang yuangong zhigong nongmin nonghu siji chezhu cunmin jumin yisheng "
    "hushi rk ldrk wlrk zzrk qs rzz jsy judge juror prosecutor police policeman officer clerk detainee inmate "
    "prisoner soldier veteran athlete player winner author artist nominator referee trainer trainee intern visitor "
    "guest occupant resident villager farmer boss manager director secretary chairman principal dean "
    "professor lecturer tutor consultant specialist grandpa grandma grandson granddaughter cousin nephew niece elder "
    "senior orphan infant toddler juvenile minor adult pregnant mom dad mum disabled indv individual prsn cpt guar "
    "shipto billto lessee lessor mortgagor mortgagee pledgor pledgee grantor grantee trustee trustor assignee "
    "assignor licensee inheritor testator escort lodger roommate classmate suspect victim complainer petitionee "
    "respondent appellant appellee accused fg mj ye zyz jcry hlr wgy jury diyaren zulinren nurse drvr sponsorperson "
    "pat patn insrd insured rep reps man woman groom newborn cst clnt pyee pyer dbtr cdtr rcvr sndr psn gdn mf "
    "maifang czrk nf nvf nan nv swz fk zzys hkhz lgrep chinese english chn eng pinyin nvfang nanfang gudong "
    "householder plaintiff jdcsyr bsy bzxr lnm wife husband son daughter brother sister grandfather grandmother "
    "uncle aunt kid pupil candidate coach participant colleague neighbor neighbour friend partner nominee fiance "
    "lover zg yh qz zf gd czf czry yz ertong laoren cj dq xsheng cy jtcy hzcy doctor cust emp stu baby recv "
    "passenger bridegroom bride deceased heir alias used apply linkman applier signer pt nok relation visit register "
    "reg bind reserved emerg urgent legalperson juridical corporate donor volunteer voter defendant fddbr frdb fr "
    "lxr sqr jbr bsr bjr dlr wtr dsr tsr jhry jhr fq fqin mq mqin po poxx hz hzhu sbr qlr ywr czr cbr yhr skr fkr xs "
    "js zn jz jzg ry yg kh hy brxx br zgr shr sjr jjr bxr tbr bbxr gmr mfr xsr cyr xxr dbr bgr yga applicant contact "
    "contacts agent guardian owner head spouse father mother legal legalrep legalrepresentative person citizen "
    "patient student teacher staff employee customer client member user buyer seller payee payer sender receiver "
    "recipient consignee holder cardholder beneficiary child parent relative family operator handler reporter "
    "complainant witness driver tenant landlord emergency emergencycontact personal own self shenqingren lianxiren "
    "fadingdaibiaoren dailiren jingbanren weituoren jianhuren huzhu peiou fuqin muqin benren"
).split()
"""Whose a field is, by the first of its words. Initials that end in `r` are those of a 人 as well."""
NAMING_ROLES = frozenset(
    (
        "gfr sfr msr jyr zdr fhr jdr pzr qfr lrr xgr cjr cqr dyr dyqr fwsyqr tdsyqr dcr hcr cyr ysr jhr tbr zrr srr "
        "ztr bsy bzxr jdcsyr cwfzr blr slr shr spr zbr djr tjr bzr gtr zfr fzr syqr gyr qyfr hzr cxr lqr jsr cbdr "
        "gxr jjlxr jkr ckr hkr czfr fddbr frdb lxr sqr jbr bsr dlr wtr dsr tsr qlr ywr bxr bbxr czr cbr skr fkr sjr "
        "jjr applicant guardian spouse shenqingren lianxiren fadingdaibiaoren dailiren jingbanren weituoren "
        "jianhuren huzhu peiou fuqin muqin mother husband wife consignee payee recipient cardholder"
    ).split()
)
"""They name a person by themselves: the name of whoever has the role."""
PUBLIC_LINES = ("客服", "咨询", "监督", "投诉", "热线", "服务", "窗口", "举报", "报警", "网点", "受理", "办理")
"""Before 电话, they say that it is answered by an office."""
CHINESE_THINGS = (
    "受理 网办 办理 在线 咨询 办事 字段 "
    "资源 数据库 存放 数据 链接 接口 下载 图片 视频 回调 访问 跳转 主页 官网 请求 附件 目录 存储 安装 项目 事项 单位 "
    "部门 机构 公司 企业 系统 文件 材料 平台 网站 网络 服务器 服务 窗口 商品 产品 设备 ip mac 物理 地块 资产 学校 "
    "医院 银行 网点 办事处 科室 注册 经营 办公 生产 仓库 店铺 会议 活动 施工 工程"
).split()
"""Before a word as common as 地址 or 名字, they say that it is theirs and nobody's."""
THINGS = frozenset(
    (
        "base quarter semester consult consultation support complaint hotline warehouse "
        "grid logger banner ticker marker worker broker docker render renderer reader writer parser poster supplier "
        "manufacturer dealer retailer insurer employer developer publisher carrier lender issuer center datacenter "
        "computer speaker charger transformer meter counter timer trailer tanker freezer heater cooler tracker "
        "pointer sticker flyer newsletter cover offer transfer cancer fever water power weather winter summer flower "
        "ladder border corner dispatcher scheduler interceptor connector vector sector factor color colour door "
        "motor error mirror executor cursor selector constructor descriptor iterator simulator generator behavior "
        "behaviour indicator elevator reactor processor sponsor vendor distributor contractor attr ptr str hdr ctr "
        "cntr svr nbr wrapper helper listener observer consumer producer coffee human german assistant font icon "
        "drug medicine vaccine disease ward clinic pharmacy dict enum symbol photo picture logo theme plant variant "
        "constant restaurant merchant grant tree fee committee degree list playlist checklist wishlist folder layer "
        "provider container cluster parameter filter trigger adapter controller handler header footer printer router "
        "scanner buffer browser loader number order paper letter chapter sensor monitor calendar tower river car "
        "survey link file table host type role item project service org organization organisation dept department "
        "company corp corporation enterprise unit institution agency office bureau display column field class event "
        "domain server system app application module menu product goods sku brand shop store school hospital bank "
        "branch region area city province county district street road community village town country nation zone "
        "park building floor house room category tag topic template form page method function package bucket queue "
        "task job step node process flow policy rule group team channel platform site station web website image video "
        "audio document doc attachment material device model version action permission resource report index key param "
        "property config setting option status state level grade major course subject exam activity meeting book "
        "article news law matter certificate licence license contract bill account login user nick screen log "
        "database schema ip mac url uri api http smtp ftp proxy gateway memory mailing virtual"
    ).split()
)
"""Before or above `name`, they say that it is no person's."""
FACTS = frozenset(
    "price unitprice stock qty quantity spec specification brand sku avg average warn warning threshold capacity "
    "volume unit_price dj gg kc".split()
)
"""Beside `name`, they say that it is a thing's: people have none."""
PEOPLE = NAMING_ROLES.union(
    ROLES,
    (
        "families family relatives dependents parents siblings households people persons applicants members "
        "users students patients residents staffs author contacts owners"
    ).split(),
)
"""Above `name`, they say that it is a person's."""
FALSE_FRIENDS = frozenset(
    (
        "jtsr jtnsr hospitalcode "
        "useragent fontfamily gridcode sexeducation relationname jgmc jgdm 用户名 登录名 开户行 yhm xmmc zsxm sfxm "
        "xmbh xmdm xmlx sjly cjsj gxsj xgsj tjsj slsj bjsj kssj jssj fbsj czsj dzzz dzzzbh ywlsh slbh username "
        "userid filename tablename hostname typename rolename itemname projectname servicename orgname deptname "
        "companyname displayname columnname fieldname sfdz xmdz wz wzdz ipdz macdz ip ipaddress mac macaddress "
        "loginname nation_code cardtype idtype phonetype contacttype addresstype"
    ).split()
)
"""Names of projects (项目), of points in time (时间), of sources, of e-licences, of serial numbers, of accounts."""
